"""Finds by its outline which digit a font draws, to notice without a picture a font that draws a 9 for its 6."""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import sub

import pypdfium2 as pdfium
import pypdfium2.raw as c
from PIL import Image, ImageDraw

from extractors.engines.pdf.glyphs import Glyphs

DIGITS = "0123456789"
_STANDARD = ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Times-Roman", "Times-Bold", "Courier")
_SIZE, _HIGH, _WIDE = 100.0, 40, 40  # the size at which a glyph is requested, and the pixels in which it is drawn
_MOST_SEGMENTS = 600
#: Two shapes differ by a share of their ink. A shape is another digit's if it differs from that digit's model by no
#: more than the first share, and by less than its own digit's difference times the second.
_NEAR, _MUCH_NEARER = 0.3, 0.7

_ZERO, _NINE = ord("0"), ord("9")
_ROUNDING = 2  # thousandths of a font's size

_Point = tuple[float, float]
_Extent = tuple[int, int, int]
_Outline = tuple[tuple[_Point, ...], ...]


def misdrawn(text: c.FPDF_TEXTPAGE, runs: Sequence[Glyphs]) -> tuple[tuple[Glyphs, ...], ...]:
    """Return the runs whose digits are perhaps drawn as others, in groups that are each right or wrong as a whole.

    The first group has the runs whose digits have the shapes of others, or no outline. Then, where a font has two
    glyphs for one digit, each glyph's runs are a group, since pdfium returns the outline of only one of them.
    """
    drawn = [run for run in runs if not run.hidden and run.look.font]
    odd = tuple(_with_doubtful_digits(drawn))
    return (*([odd] if odd else []), *_of_several_glyphs(text, drawn))


def _with_doubtful_digits(runs: Iterable[Glyphs]) -> Iterator[Glyphs]:
    known: dict[tuple[int, str], bool] = {}
    for run in runs:
        digits = {(run.look.font, letter) for letter in run.text if letter in DIGITS}
        for font, digit in digits - known.keys():
            known[font, digit] = is_doubtful(ctypes.cast(font, c.FPDF_FONT), digit)
        if any(known[key] for key in digits):
            yield run


def _of_several_glyphs(text: c.FPDF_TEXTPAGE, runs: Iterable[Glyphs]) -> Iterator[tuple[Glyphs, ...]]:
    by_digit: dict[tuple[int, int], dict[_Extent, list[Glyphs]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        if run.turns or run.tilted:
            continue
        for place, code in enumerate(run.codes):
            extent = _extent(text, run.first + place) if _ZERO <= code <= _NINE else None
            if extent:
                by_digit[run.look.font, code][extent].append(run)
    for extents in by_digit.values():
        apart = list(_by_extent(extents))
        if len(apart) > 1:
            yield from apart


def _extent(text: c.FPDF_TEXTPAGE, index: int) -> _Extent | None:
    """Return where a glyph begins, its width and its height, in thousandths of the size of its font."""
    x0, x1, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    matrix = c.FS_MATRIX()
    c.FPDFText_GetCharBox(text, index, x0, x1, bottom, top)
    c.FPDFText_GetCharOrigin(text, index, x, y)
    size = c.FPDFText_GetFontSize(text, index) if c.FPDFText_GetMatrix(text, index, matrix) else 0.0
    wide, high = abs(size * matrix.a) / 1000, abs(size * matrix.d) / 1000
    if not wide or not high:
        return None
    return (
        round((x0.value - x.value) / wide),
        round((x1.value - x0.value) / wide),
        round((top.value - bottom.value) / high),
    )


def _by_extent(extents: Mapping[_Extent, Sequence[Glyphs]]) -> Iterator[tuple[Glyphs, ...]]:
    """Yield the runs of each extent; extents that differ only by rounding are one."""
    glyphs: dict[_Extent, list[Glyphs]] = {}
    for extent, runs in extents.items():
        glyph = next((known for known in glyphs if max(map(abs, map(sub, extent, known))) <= _ROUNDING), extent)
        glyphs.setdefault(glyph, []).extend(runs)
    yield from (tuple(runs) for runs in glyphs.values())


def is_doubtful(font: c.FPDF_FONT, digit: str) -> bool:
    """Return whether a font's glyph for a digit clearly has the shape of another digit, or has no outline."""
    shape = _shape(_outline(font, digit))
    if not shape:
        return True
    differences = {
        candidate: min(_difference(shape, model) for model in models)
        for candidate, models in models_of_digits().items()
    }
    nearest = min(differences, key=lambda name: differences[name])
    return (
        nearest != digit and differences[nearest] < _NEAR and differences[nearest] < _MUCH_NEARER * differences[digit]
    )


@lru_cache(maxsize=1)
def models_of_digits() -> dict[str, tuple[int, ...]]:
    """Return the shapes of each digit in the fonts that every PDF program has; the fork server loads them first."""
    pdf = pdfium.PdfDocument.new()
    fonts = [c.FPDFText_LoadStandardFont(pdf.raw, name.encode()) for name in _STANDARD]
    try:
        shapes = {digit: [_shape(_outline(font, digit)) for font in fonts if font] for digit in DIGITS}
        return {digit: tuple(shape for shape in drawn if shape) for digit, drawn in shapes.items()}
    finally:
        for font in fonts:
            c.FPDFFont_Close(font)
        pdf.close()


def _outline(font: c.FPDF_FONT, digit: str) -> _Outline:
    """Return the closed lines of a glyph; none for a font that draws its glyphs in another way."""
    path = c.FPDFFont_GetGlyphPath(font, ord(digit), _SIZE)
    count = c.FPDFGlyphPath_CountGlyphSegments(path) if path else 0
    if not 0 < count <= _MOST_SEGMENTS:
        return ()
    contours: list[list[_Point]] = []
    bent: list[_Point] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = c.FPDFGlyphPath_GetGlyphPathSegment(path, index)
        c.FPDFPathSegment_GetPoint(segment, x, y)
        kind, point = c.FPDFPathSegment_GetType(segment), (x.value, y.value)
        if kind == c.FPDF_SEGMENT_MOVETO or not contours:
            contours.append([point])
        elif kind == c.FPDF_SEGMENT_BEZIERTO:
            bent.append(point)
            if len(bent) == 3:
                contours[-1].extend(_curve(contours[-1][-1], *bent))
                bent = []
        else:
            contours[-1].append(point)
    return tuple(tuple(contour) for contour in contours if len(contour) > 2)


def _curve(start: _Point, first: _Point, second: _Point, end: _Point) -> Iterator[_Point]:
    for step in (0.25, 0.5, 0.75, 1.0):
        rest = 1 - step
        a, b, d, e = rest**3, 3 * rest**2 * step, 3 * rest * step**2, step**3
        yield (
            a * start[0] + b * first[0] + d * second[0] + e * end[0],
            a * start[1] + b * first[1] + d * second[1] + e * end[1],
        )


def _shape(outline: _Outline) -> int:
    """Return the glyph as the bits of a picture that it fills from top to bottom, centred; 0 if it has no points."""
    points = list(chain.from_iterable(outline))
    if not points:
        return 0
    x_min, x_max = min(x for x, _ in points), max(x for x, _ in points)
    y_min, y_max = min(y for _, y in points), max(y for _, y in points)
    if y_max <= y_min:
        return 0
    scale = (_HIGH - 1) / (y_max - y_min)
    aside = (_WIDE - (x_max - x_min) * scale) / 2
    shape = 0
    for contour in outline:
        picture = Image.new("1", (_WIDE, _HIGH))
        ImageDraw.Draw(picture).polygon(
            [((x - x_min) * scale + aside, (y_max - y) * scale) for x, y in contour], fill=1
        )
        shape ^= int.from_bytes(picture.tobytes(), "big")
    return shape


def _difference(shape: int, model: int) -> float:
    """Return how much two shapes differ, as a share of their ink."""
    return (shape ^ model).bit_count() / (shape.bit_count() + model.bit_count())
