"""Finds the text of a PDF page that something opaque covers: a patch, a bar, a picture."""

from __future__ import annotations

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as c

_MOST_OBJECTS = 20_000
_LOWEST, _MOST_SEGMENTS = 4.0, 6  # points that a cover is high and wide; the segments of a rectangle, and one more
_NEARLY_ALL = 0.8  # of a text's width and height

_Bounds = tuple[float, float, float, float]  # left, bottom, right, top; y goes up


def covered_texts(page: pdfium.PdfPage) -> frozenset[int]:
    """Return the addresses of the page's text objects that lie under something opaque drawn after them.

    Only plain rectangles and pictures count, since other drawings do not fill the box around them. A clip may still
    leave the text visible, so look for it in the page's picture before dropping it.
    """
    texts: list[c.FPDF_PAGEOBJECT] = []
    covers: list[tuple[int, _Bounds]] = []
    for index in range(min(c.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        drawn = c.FPDFPage_GetObject(page.raw, index)
        kind = c.FPDFPageObj_GetType(drawn)
        if kind == c.FPDF_PAGEOBJ_TEXT:
            texts.append(drawn)
        elif texts and kind in (c.FPDF_PAGEOBJ_PATH, c.FPDF_PAGEOBJ_IMAGE) and (bounds := _covering(drawn, kind)):
            covers.append((len(texts), bounds))
    if not covers:
        return frozenset()
    places = [_bounds(text) for text in texts]
    beneath = {n for before, cover in covers for n, place in enumerate(places[:before]) if _within(place, cover)}
    return frozenset(ctypes.addressof(texts[n].contents) for n in beneath)


def _covering(drawn: c.FPDF_PAGEOBJECT, kind: int) -> _Bounds | None:
    """Return the bounds of a drawing if it is opaque and as large as a word."""
    if c.FPDFPageObj_HasTransparency(drawn) or (kind == c.FPDF_PAGEOBJ_PATH and not _is_filled_rectangle(drawn)):
        return None
    x0, y0, x1, y1 = bounds = _bounds(drawn)
    return bounds if x1 - x0 >= _LOWEST and y1 - y0 >= _LOWEST else None


def _is_filled_rectangle(path: c.FPDF_PAGEOBJECT) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    count = c.FPDFPath_CountSegments(path)
    if not 4 <= count <= _MOST_SEGMENTS or not c.FPDFPath_GetDrawMode(path, fill, stroke) or not fill.value:
        return False
    kinds = (c.FPDFPathSegment_GetType(c.FPDFPath_GetPathSegment(path, index)) for index in range(count))
    return c.FPDF_SEGMENT_BEZIERTO not in kinds


def _bounds(drawn: c.FPDF_PAGEOBJECT) -> _Bounds:
    edges = [ctypes.c_float() for _ in range(4)]
    if not c.FPDFPageObj_GetBounds(drawn, *edges):
        return 0.0, 0.0, 0.0, 0.0
    x0, y0, x1, y1 = (edge.value for edge in edges)
    return x0, y0, x1, y1


def _within(place: _Bounds, cover: _Bounds) -> bool:
    across = min(place[2], cover[2]) - max(place[0], cover[0])
    down = min(place[3], cover[3]) - max(place[1], cover[1])
    return across > _NEARLY_ALL * (place[2] - place[0]) > 0 and down > _NEARLY_ALL * (place[3] - place[1]) > 0
