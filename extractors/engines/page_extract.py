"""Copies some pages of a document into a document of their own."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
from PIL import Image, ImageSequence

from extractors.engines import refusals
from extractors.engines.document_reader import open_pdf
from extractors.engines.ocr import pictures
from extractors.engines.refusals import refuse
from keywright.messages import Message


def cut(content: bytes, first: int, last: int, *, is_pdf: bool) -> bytes:
    """Return the pages from the first to the last (counted from 1) of a PDF or TIFF. Refer if one of them is missing.

    The pages are copied, not drawn again. The result holds nothing of the other pages and no enclosed file.
    """
    pdf = open_pdf(content) if is_pdf else None
    count = len(pdf) if pdf else pictures.count(content)
    if not 1 <= first <= last <= count:
        raise refuse(refusals.DAMAGED, Message("It has no pages {first} to {last}.", first=first, last=last))
    return _of_pdf(pdf, range(first - 1, last)) if pdf else _of_tiff(content, range(first - 1, last))


def _of_pdf(pdf: pdfium.PdfDocument, indexes: range) -> bytes:
    part, buffer = pdfium.PdfDocument.new(), io.BytesIO()
    part.import_pages(pdf, list(indexes))  # unlike pypdf's, pdfium's copy does not follow links to other pages
    part.save(buffer)
    return buffer.getvalue()


def _of_tiff(content: bytes, indexes: range) -> bytes:
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(content)) as file:
        frames = [frame.copy() for index, frame in enumerate(ImageSequence.Iterator(file)) if index in indexes]
    form = "group4" if all(frame.mode == "1" for frame in frames) else "tiff_deflate"
    dpi = frames[0].info.get("dpi", (300, 300))
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:], compression=form, dpi=dpi)
    return buffer.getvalue()
