"""Finds the resolution of the picture on a page of a PDF."""

from __future__ import annotations

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as c

_LARGE = 0.3  # of the page's width; smaller pictures are logos


def dots_an_inch(page: pdfium.PdfPage) -> float:
    """Return the dots an inch of the largest picture on a page, the lower of across and down; 0 if it has none."""
    largest, dots = 0.0, 0.0
    for picture in page.get_objects(filter=[c.FPDF_PAGEOBJ_IMAGE], max_depth=3, textpage=None):
        x0, _, x1, _ = picture.get_bounds()
        metadata = c.FPDF_IMAGEOBJ_METADATA()
        if x1 - x0 > max(largest, _LARGE * page.get_width()) and c.FPDFImageObj_GetImageMetadata(
            picture.raw, page.raw, ctypes.byref(metadata)
        ):
            largest, dots = x1 - x0, min(metadata.horizontal_dpi, metadata.vertical_dpi)
    return dots
