"""The file of a permit application at the town hall: attached on the record's page, and read back byte by byte."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path, PurePath
from urllib.parse import urljoin

from keywright.archive import content_of
from keywright.errors import Retry
from keywright.model.document import Enclosure
from keywright.model.target_system import Posting, Unfinished
from systems.town_hall.session import TownHallSession
from systems.web.adapter.comparison import Comparison
from systems.web.adapter.listing import rows_under
from systems.web.screen.formats import Expected
from systems.web.screen.screen import Screen

LINKS = "links => links.map(link => [link.textContent, link.href])"


def attached_as(file: Enclosure) -> str:
    """Return the name under which a file is attached: of these bytes always the same, and of no other file's."""
    came = PurePath(file.file_name)
    return f"{came.stem[:80]}-{file.sha256[:12]}{came.suffix[:10]}"


def attach(session: TownHallSession, screen: Screen, file: Enclosure, posting: Posting, heading: str) -> None:
    """Attach a file on the page of its application, which answers with itself."""
    with tempfile.TemporaryDirectory(prefix="keywright-") as folder:
        path = Path(folder) / attached_as(file)
        path.write_bytes(content_of(file))
        screen.attachment("File", path)
        session.post(screen, "Attach", posting, heading)


def file_seen(screen: Screen, file: Enclosure | None, number: str) -> list[Comparison]:
    """Return the attached files with the hashes of their downloaded bytes, to be compared with the file to be attached.

    The list is empty if no file was to be attached. Raises Unfinished if no file of this name is attached.
    """
    if file is None:
        return []
    name = attached_as(file)
    rows = rows_under(screen, ("Attachment", "Bytes"))
    if name not in [row[0] for row in rows]:
        raise Unfinished(f"the file {name}", number)
    links = dict(screen.frame.locator("a[href*='/bp/file']").evaluate_all(LINKS))
    attachments = ", ".join(f"{attachment} {_sha256(screen, links.get(attachment, ''))}" for attachment, *_ in rows)
    return [(Expected("file", f"{name} {file.sha256}", "Attachment"), attachments)]


def _sha256(screen: Screen, address: str) -> str:
    """Download a file in the clerk's session and return the hash of what came. Raises Retry if it does not come."""
    response = screen.frame.page.context.request.get(urljoin(screen.frame.url, address))
    if not response.ok:
        raise Retry(f"{screen.system} answers {response.status} to the download of a file. It is tried again.")
    return hashlib.sha256(response.body()).hexdigest()
