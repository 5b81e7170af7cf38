"""Exports of the ledger: a workbook to read and sort, and JSON lines that can be verified anywhere."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from keywright.console.shared import labels
from keywright.database.models import LedgerEntry
from keywright.ledger.ledger import hashed_parts

A_CELL = 32_000
"""No cell of a workbook holds more than 32,767 letters; a longer body is cut, and whole in the lines of JSON."""
A_PIECE = 64 * 1024
_STARTS = ("=", "+", "-", "@", "\t", "\r")

Body = Callable[[LedgerEntry], Any]
"""What of an entry's body its reader may see."""


def json_lines(entries: Iterable[LedgerEntry], body: Body) -> Iterator[bytes]:
    """Yield a JSON line for each entry, in the form that ``keywright.ledger.standalone_verifier`` verifies."""
    for entry in entries:
        record = {**hashed_parts(entry), "body": body(entry), "previous": entry.previous, "hash": entry.hash}
        yield json.dumps(record, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def workbook(entries: Iterable[LedgerEntry], body: Body) -> Iterator[bytes]:
    """Yield a workbook with a row for each entry, in pieces. It is built in a temporary file, not in memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Ledger"))
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFGH", (9, 27, 22, 26, 44, 9, 80, 66), strict=True):
        sheet.column_dimensions[column].width = width
    heads = (_("Number"), _("Time (UTC)"), _("Who"), _("Event"), _("Description"), _("Case"), _("Details"), "SHA-256")
    sheet.append([_bold(sheet, head) for head in heads])
    for entry in entries:
        body_text = json.dumps(body(entry), ensure_ascii=False, sort_keys=True)
        texts = (entry.at.isoformat(sep=" "), entry.actor, entry.event, labels.event_in_words(entry.event))
        cells = [text_cell(sheet, text) for text in texts]
        sheet.append([entry.number, *cells, entry.case_id, text_cell(sheet, body_text), text_cell(sheet, entry.hash)])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        yield from _pieces(file)


def text_cell(sheet: Any, text: str) -> Any:
    """Return a cell that a spreadsheet always shows as text.

    It is a string, not a formula; text that looks like a formula is also quoted (OWASP, CSV injection).
    """
    printable = ILLEGAL_CHARACTERS_RE.sub("�", text)
    cell = WriteOnlyCell(sheet, value=printable if len(printable) <= A_CELL else printable[:A_CELL] + "…")
    cell.data_type = "s"
    if text.startswith(_STARTS):
        cell.quotePrefix = True
    return cell


def _bold(sheet: Any, text: str) -> Any:
    cell = text_cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(A_PIECE):
        yield piece


def download(request: HttpRequest, pieces: Iterator[bytes], name: str, kind: str) -> StreamingHttpResponse:
    """Return a file that is sent while it is generated."""
    # Django would gather all of a plain iterator first where it is served asynchronously, and an asynchronous one where
    # it is not.
    content = _asynchronous(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


async def _asynchronous(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the same pieces, each made in the thread of the database connection, with small ones joined."""

    def some() -> bytes:
        taken = bytearray()
        for piece in pieces:
            taken += piece
            if len(taken) >= A_PIECE:
                break
        return bytes(taken)

    while piece := await sync_to_async(some)():
        yield piece
