"""The file of a permit application at the town hall: attached on the record's page, and read back byte by byte."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path, PurePath
from urllib.parse import urljoin

from keywright.errors import Retry
from keywright.model.document import Enclosure
from keywright.model.target_system import Posting, Unfinished
from systems.town_hall.session import Session
from systems.web.adapter.comparison import Comparison
from systems.web.adapter.listing import rows_under
from systems.web.screen.formats import Expected
from systems.web.screen.screen import Screen

LINKS = "links => links.map(link => [link.textContent, link.href])"


def attached_as(file: Enclosure) -> str:
    """Return the name under which a file is attached: of these bytes always the same, and of no other file's."""
    came = PurePath(file.file_name)
    return f"{came.stem[:80]}-{file.sha256[:12]}{came.suffix[:10]}"


def attach(session: Session, screen: Screen, file: Enclosure, posting: Posting, heading: str) -> None:
    """Attach a file on the page of its application, which answers with itself."""
    with tempfile.TemporaryDirectory(prefix="keywright-") as folder:
        named = Path(folder) / attached_as(file)
        named.write_bytes(file.content())
        screen.attachment("File", named)
        session.post(screen, "Attach", posting, heading)


def file_seen(screen: Screen, file: Enclosure | None, number: str) -> list[Comparison]:
    """Return the attached files as they are there, beside the one that must be there: what comes down is compared.

    Nothing is compared where no file was to be attached. Raises Unfinished if no file of this name is there.
    """
    if file is None:
        return []
    name = attached_as(file)
    listed = rows_under(screen, ("Attachment", "Bytes"))
    if name not in [each[0] for each in listed]:
        raise Unfinished(f"the file {name}", number)
    links = dict(screen.frame.locator("a[href*='/bp/file']").evaluate_all(LINKS))
    shown = ", ".join(f"{each} {_sha256(screen, links.get(each, ''))}" for each, *_ in listed)
    return [(Expected("file", f"{name} {file.sha256}", "Attachment"), shown)]


def _sha256(screen: Screen, address: str) -> str:
    """Download a file in the clerk's session and return the hash of what came. Raises Retry if it does not come."""
    answer = screen.frame.page.context.request.get(urljoin(screen.frame.url, address))
    if not answer.ok:
        raise Retry(f"{screen.system} answers {answer.status} to the download of a file. It is tried again.")
    return hashlib.sha256(answer.body()).hexdigest()
