"""The file that a record encloses: the case's document, or, of a file that was split, the case's own pages."""

from __future__ import annotations

from pathlib import Path, PurePath

from extractors.engines.isolation import sandbox
from keywright.archive import write_whole
from keywright.cases.worker import Office
from keywright.errors import Stop
from keywright.model.case import Case
from keywright.model.document import Enclosure, fingerprint


def enclosure_of(case: Case, office: Office) -> Enclosure:
    """Return the file that a record of a case encloses.

    Pages cut out of a document are kept, so that a later search for the record compares exactly the same bytes. Raises
    Refer if the file can no longer be opened, Stop if the disk does not take the pages.
    """
    if case.pages is None:
        return office.enclosure(case)
    path = _cut(case, case.pages, office)
    came, (first, last) = PurePath(case.file_name), case.pages
    return Enclosure(f"{came.stem}-p{first}-{last}{came.suffix}", path, fingerprint(path.read_bytes()))


def _cut(case: Case, pages: tuple[int, int], office: Office) -> Path:
    first, last = pages
    path = office.settings.home / "excerpts" / case.document[:2] / f"{case.document}-{first}-{last}"
    if not path.exists():
        content = sandbox.cut(office.document(case), first, last)
        try:
            write_whole(path, content)
        except OSError as error:
            raise Stop(f"Could not keep pages in {path.parent}: {error}. Make room and start again.") from error
    return path
