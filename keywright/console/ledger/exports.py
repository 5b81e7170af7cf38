"""Copies of the ledger to take away: a workbook to be read and sorted, and lines of JSON to be verified anywhere."""

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
    """Yield a line of JSON for each entry, as ``keywright.ledger.standalone_verifier`` verifies them."""
    for entry in entries:
        told = {**hashed_parts(entry), "body": body(entry), "previous": entry.previous, "hash": entry.hash}
        yield json.dumps(told, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def workbook(entries: Iterable[LedgerEntry], body: Body) -> Iterator[bytes]:
    """Yield a workbook with a row for each entry, in pieces. It stands in a file meanwhile, not in memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Ledger"))
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFGH", (9, 27, 22, 26, 44, 9, 80, 66), strict=True):
        sheet.column_dimensions[column].width = width
    heads = (_("Number"), _("Time (UTC)"), _("Who"), _("Event"), _("In words"), _("Case"), _("Told"), "SHA-256")
    sheet.append([_bold(sheet, head) for head in heads])
    for entry in entries:
        told = json.dumps(body(entry), ensure_ascii=False, sort_keys=True)
        texts = (entry.at.isoformat(sep=" "), entry.actor, entry.event, labels.event_in_words(entry.event))
        cells = [text_cell(sheet, text) for text in texts]
        sheet.append([entry.number, *cells, entry.case_id, text_cell(sheet, told), text_cell(sheet, entry.hash)])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        yield from _pieces(file)


def text_cell(sheet: Any, text: str) -> Any:
    """Return a cell that shows a text and never computes it, whatever it begins with.

    It is a string and no formula; one that a spreadsheet could take for a formula when it is edited is quoted too
    (OWASP, CSV injection).
    """
    shown = ILLEGAL_CHARACTERS_RE.sub("�", text)
    cell = WriteOnlyCell(sheet, value=shown if len(shown) <= A_CELL else shown[:A_CELL] + "…")
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
    """Return a file that is sent as it is made."""
    # Django would gather all of a plain iterator first where it is served asynchronously, and an asynchronous one where
    # it is not.
    content = _asynchronous(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


async def _asynchronous(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the same pieces, each made in the thread in which the database is spoken to, many small ones as one."""

    def some() -> bytes:
        taken = bytearray()
        for piece in pieces:
            taken += piece
            if len(taken) >= A_PIECE:
                break
        return bytes(taken)

    while piece := await sync_to_async(some)():
        yield piece
