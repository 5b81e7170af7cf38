"""Finds at how many dots an inch the picture on a page of a PDF came."""

from __future__ import annotations

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as c

_LARGE = 0.3  # of the page's width; smaller pictures are emblems


def dots_an_inch(page: pdfium.PdfPage) -> float:
    """Return the fewest dots an inch, across or down, of the largest picture on a page; 0 if there is none."""
    largest, dots = 0.0, 0.0
    for picture in page.get_objects(filter=[c.FPDF_PAGEOBJ_IMAGE], max_depth=3, textpage=None):
        left, _, right, _ = picture.get_bounds()
        held = c.FPDF_IMAGEOBJ_METADATA()
        if right - left > max(largest, _LARGE * page.get_width()) and c.FPDFImageObj_GetImageMetadata(
            picture.raw, page.raw, ctypes.byref(held)
        ):
            largest, dots = right - left, min(held.horizontal_dpi, held.vertical_dpi)
    return dots
