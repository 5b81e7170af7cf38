"""Sets a new Trac up as a permit desk: its fields, its one ticket type, its people and what they may do."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from demo.trac.permit_fields import options

TOWN = "Township of Maple Narrows, Building Permits"
PEOPLE = {"clerk": "clerk-pw", "clerk2": "clerk-pw", "visitor": "visitor-pw", "admin": "admin-pw"}
CLERK = ("TICKET_CREATE", "TICKET_MODIFY", "TICKET_VIEW", "TICKET_APPEND", "REPORT_VIEW", "SEARCH_VIEW")
RIGHTS = {"clerk": CLERK, "clerk2": CLERK, "visitor": ("WIKI_VIEW",), "admin": ("TRAC_ADMIN",)}
TICKET_TYPE = "building permit"

SETTINGS = (
    ("trac", "secure_cookies", "disabled"),
    ("trac", "default_timezone", "GMT -5:00"),
    ("header_logo", "src", ""),  # the town has none, and Trac asks for one on every page
    ("attachment", "max_size", "5242880"),
    ("ticket", "default_type", TICKET_TYPE),
    ("query", "items_per_page", "10"),  # as few as the worst of such systems show
    ("logging", "log_type", "none"),
)


def project(home: Path) -> Path:
    """Return the folder of the Trac project; its name is the first part of its addresses."""
    return home / "permits"


def password_file(home: Path) -> Path:
    """Return the file with the people's digests, as Apache's ``htdigest`` writes it."""
    return home / "people.htdigest"


def seed(home: Path) -> None:
    """Set Trac up in ``home`` if that has not been done. What an interrupted start left is deleted first."""
    if password_file(home).exists():  # written last
        return
    shutil.rmtree(project(home), ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    _make_project(home)
    lines = [f"{name}:permits:{_digest(name, password)}\n" for name, password in PEOPLE.items()]
    password_file(home).write_text("".join(lines), encoding="utf-8")


def _make_project(home: Path) -> None:
    """Make the project without Trac's own wiki pages, which are not needed here."""
    from trac.env import Environment  # here, for it takes a second
    from trac.perm import PermissionSystem
    from trac.ticket.model import Type

    settings_given = [("project", "name", TOWN), ("trac", "database", "sqlite:db/trac.db"), *SETTINGS, *options()]
    environment = Environment(str(project(home)), create=True, options=settings_given)
    permit = Type(environment)
    permit.name = TICKET_TYPE
    permit.insert()
    for other_type in [kind.name for kind in Type.select(environment) if kind.name != TICKET_TYPE]:
        Type(environment, other_type).delete()  # asked for afresh: each deletion numbers those after it anew
    rights = PermissionSystem(environment)
    for name, action in rights.get_all_permissions():
        rights.revoke_permission(name, action)
    for name, actions in RIGHTS.items():
        for action in actions:
            rights.grant_permission(name, action)
    environment.shutdown()


def _digest(name: str, password: str) -> str:
    return hashlib.md5(f"{name}:permits:{password}".encode(), usedforsecurity=False).hexdigest()
