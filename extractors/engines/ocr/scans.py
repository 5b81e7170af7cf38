"""Turns the picture of a page upright and straight, and has it read."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from PIL import Image, ImageChops

from extractors.engines.ocr import tesseract
from extractors.engines.ocr.illumination import print_on_dark, with_even_light
from extractors.engines.ocr.quality import quality_of
from extractors.engines.ocr.ruled_lines import without_rules
from extractors.engines.ocr.second_reading import read_again
from extractors.engines.ocr.tesseract import Print
from extractors.engines.ocr.tesseract_loaded import engine
from extractors.engines.ocr.tick_boxes import find_tick_boxes
from keywright.model.reading import Page

DPI = 300
#: A long side with fewer pixels has print too small for Tesseract; more pixels only cost time.
FEWEST, MOST = 2000, 5200
_GLANCE = 700  # pixels of the long side when only the slant of the lines is measured
_STEEPEST = 12.0  # degrees; a page that is more slanted is a photo of something else
_STRAIGHT = 0.35  # degrees that Tesseract tolerates
_SENSE = 0.62  # below it the other ways up are tried
_FEW_LETTERS = 12
_MANY_RULES = 0.012  # of the page's area; tables of invoices have 0.005, forms of many cells 0.02
LARGEST_FORM = 1700.0  # points; nobody ticks boxes on a poster or a plan
_TURNS = {
    1: Image.Transpose.ROTATE_270,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture of a page as its file shows it; ``per_point`` is its pixels a point.

    ``dots`` is its original resolution in dots an inch; 0 if that is not known.
    """

    number: int
    picture: Image.Image
    per_point: float
    dots: float = 0.0


def resolution(width: float, height: float, pixels: int) -> float:
    """Return the pixels a point at which a page of this width and height (points) is read.

    This is 300 dpi, limited so that the long side is neither too short for small print nor longer than needed, and that
    the picture has at most ``pixels`` pixels.
    """
    longest = max(width, height, 1.0)
    wanted = min(max(DPI / 72 * longest, FEWEST), MOST)
    scale = min(wanted / longest, 1200 / 72)
    area = max(width, 1.0) * max(height, 1.0)
    return min(scale, math.sqrt(pixels / area))


def read_scan(sheet: Sheet) -> Page:
    """Return the page that Tesseract reads in the picture, turned and straightened.

    1. Even the light on it.
    2. Straighten it by the slant of its lines, whichever way the lines run.
    3. Read it. If the result makes sense, it was the right way up.
    4. If not, turn it as Tesseract's own orientation test says, or upside down, and keep the reading that makes most
       sense.
    5. Read the words between the lines of a form and on dark areas, and read the doubtful words again.
    """
    if _blank(sheet.picture):
        return Page(sheet.number, *_size(sheet, sheet.picture), engine(), ())
    grey = sheet.picture if sheet.picture.mode == "L" else sheet.picture.convert("L")
    lit, uneven = with_even_light(grey)
    sheet = replace(sheet, picture=lit)
    turns, skew = _slant(sheet.picture)
    if turns:  # its lines run sideways, up or down: Tesseract's test costs less than a wrong guess
        turns = _detected_turns(sheet) or turns
    best = _read(sheet, turns, skew)
    if not _makes_sense(best[1]):
        for turns_to_try in _turns_to_try(sheet, turns, best[1]):
            best = max(best, _read(sheet, turns_to_try, skew), key=lambda tried: _score(tried[1]))
            if _makes_sense(best[1]):
                break
    if best[1].weight < _FEW_LETTERS and best[0]:  # too little text to turn a page for
        best = _read(sheet, 0, 0.0)
    turned, printed, picture = best
    printed = _with_words_between_rules(sheet, printed, picture)
    printed = _with_words_on_dark(sheet, printed, picture if lit is grey else turn(grey, turned))
    printed = read_again(printed, picture, sheet.per_point)
    return _page(sheet, turned, printed, picture, uneven)


def _with_words_between_rules(sheet: Sheet, printed: Print, picture: Image.Image) -> Print:
    """Add the words that Tesseract misses in the cells of a form; the few lines of an invoice do not disturb it.

    Removing the lines of every page would lose more than it gains: print on dark bars disappears too.
    """
    if not printed.runs:
        return printed
    glance = picture.reduce(2)
    plain = without_rules(glance, sheet.per_point / 2)
    gone = ImageChops.difference(glance, plain).point([255 * (shade > 90) for shade in range(256)])
    if gone.histogram()[255] < _MANY_RULES * gone.width * gone.height:
        return printed
    clean = without_rules(picture, sheet.per_point)
    return printed.joined_by(tesseract.read_words(clean, sheet.number, sheet.per_point))


def _with_words_on_dark(sheet: Sheet, printed: Print, picture: Image.Image) -> Print:
    plain = print_on_dark(picture) if printed.runs else None
    if plain is None:
        return printed
    return printed.joined_by(tesseract.read_words(plain, sheet.number, sheet.per_point, tesseract.SPARSE), 0.7)


def _page(sheet: Sheet, turned: float, printed: Print, picture: Image.Image, uneven: float) -> Page:
    width, height = _size(sheet, picture)
    is_form = printed.lines and max(width, height) <= LARGEST_FORM
    ticks = find_tick_boxes(picture, sheet.number, sheet.per_point) if is_form else ()
    words = [word for run in printed.runs for word in run.words]
    quality = quality_of(picture, sheet.per_point, sheet.dots, uneven, words)
    return Page(sheet.number, width, height, engine(), printed.lines, ticks, turned, quality)


def _size(sheet: Sheet, picture: Image.Image) -> tuple[float, float]:
    return picture.width / sheet.per_point, picture.height / sheet.per_point


def turn(picture: Image.Image, degrees: float) -> Image.Image:
    """Return the picture turned clockwise, on a white sheet that is large enough for it."""
    turns = round(degrees / 90) % 4
    rest = (degrees + 45) % 90 - 45
    turned = picture.transpose(_TURNS[turns]) if turns else picture
    if abs(rest) < 0.01:
        return turned
    white = 255 if turned.mode == "L" else (255, 255, 255)
    return turned.rotate(-rest, Image.Resampling.BICUBIC, expand=True, fillcolor=white)


def _read(sheet: Sheet, turns: int, skew: float) -> tuple[float, Print, Image.Image]:
    turned = turns * 90 + skew
    picture = turn(sheet.picture, turned)
    return turned % 360, tesseract.read_words(picture, sheet.number, sheet.per_point), picture


def _makes_sense(printed: Print) -> bool:
    return printed.sense >= _SENSE and printed.weight >= _FEW_LETTERS


def _score(printed: Print) -> float:
    return (printed.sense - 0.3) * printed.weight if printed.sense > 0.3 else 0.0


def _turns_to_try(sheet: Sheet, tried: int, printed: Print) -> list[int]:
    """Return the turns to try next, likeliest first; a page with hardly a letter is not worth a guess."""
    detected = _detected_turns(sheet)
    guesses = [tried + 2, tried + 1, tried + 3] if printed.weight >= _FEW_LETTERS else []
    ways = guesses if detected is None else [detected, tried + 2]
    return [way for way in dict.fromkeys(way % 4 for way in ways) if way != tried]


def _detected_turns(sheet: Sheet) -> int | None:
    """Return the quarter turns that Tesseract's orientation test finds, which needs half the pixels."""
    half = sheet.picture.reduce(2)
    return tesseract.quarter_turns(half, sheet.per_point / 2)


def _slant(picture: Image.Image) -> tuple[int, float]:
    """Return the quarter turns and the degrees of skew, both clockwise, that make the lines level."""
    ink = _ink(picture)
    level, skew = _levelness(ink)
    upright, other_skew = _levelness(ink.transpose(Image.Transpose.ROTATE_270))
    turns, angle = (1, other_skew) if upright > 1.5 * level else (0, skew)
    return turns, angle if abs(angle) >= _STRAIGHT else 0.0


def _blank(picture: Image.Image) -> bool:
    """Return whether the paper is bare; specks that do not show at a tenth of the size do not count."""
    shades = picture.reduce(max(1, max(picture.size) // 600)).convert("L").tobytes()
    return max(shades) - min(shades) < 12


def _ink(picture: Image.Image) -> Image.Image:
    """Return a small picture in which ink is white on black, for any shade of paper."""
    scale = _GLANCE / max(picture.size)
    size = (max(8, round(picture.width * scale)), max(8, round(picture.height * scale)))
    small = picture.convert("L").resize(size, Image.Resampling.BOX)
    paper = small.resize((max(1, size[0] // 24), max(1, size[1] // 24)), Image.Resampling.BOX)
    paper = paper.resize(size, Image.Resampling.BILINEAR)
    shades = zip(small.tobytes(), paper.tobytes(), strict=True)
    return Image.frombytes("L", size, bytes(255 if ink < under - 18 else 0 for ink, under in shades))


def _levelness(ink: Image.Image) -> tuple[float, float]:
    """Return how sharply rows of ink and rows of paper alternate at the best angle, and that angle.

    The angle is searched in a picture of half the size first, and then refined.
    """
    half = ink.reduce(2)
    reach = range(-round(_STEEPEST) - 1, round(_STEEPEST) + 2)
    about = max(reach, key=lambda angle: _sharpness(half, float(angle)))
    best = (_sharpness(ink, float(about)), float(about))
    for step in (0.5, 0.25, 0.12):
        near = [best[1] - step, best[1] + step]
        best = max([best, *((_sharpness(ink, angle), angle) for angle in near)])
    return best if abs(best[1]) <= _STEEPEST else (best[0], 0.0)


def _sharpness(ink: Image.Image, angle: float) -> float:
    turned = ink.rotate(-angle, Image.Resampling.NEAREST, fillcolor=0) if angle else ink
    rows = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
    return float(sum((a - b) ** 2 for a, b in pairwise(rows)))
