"""Reads the doubtful words of a page again, at other sizes and contrasts, and compares the readings."""

from __future__ import annotations

import re
from dataclasses import replace

from PIL import Image, ImageOps

from extractors.engines.ocr.tesseract import ONE_LINE, Print
from extractors.engines.ocr.tesseract_loaded import word_table
from extractors.engines.print_lines import Run
from keywright.model.reading import Box, Word

MOST = 40  # words a page; one reading takes about a hundredth of a second, and a word needs two at most
_SURE_OF_DIGITS, _SURE_OF_LETTERS = 0.9, 0.6  # a digit more or less is money, a letter seldom is
#: A letter among digits that is most likely a misread digit: ``1O4.00``, ``S118.00`` for ``$118.00``.
_ODD = re.compile(r"\d[OoIlSBZ]\d|^[S§][\d.,]+$|[\d.,]{3}[OoIlSB]$")
_BESIDE, _ABOVE = 1.2, 1.5  # points around a word that are read with it
_LARGE, _SMALL = 64, 40  # dots to which a crop is scaled in height
_EDGE = 12  # dots of white around it
_MIDDLE, _STEEP = 140, 2.5  # shades above it are made lighter and those below darker, by this factor
#: The highest confidence of a word if one of two further readings agrees, if none does, and if both replace it.
#: 79 %, 38 % and 64 % of these words were right on worn sample documents.
_ONE_AGREES, _NONE_AGREES, _REPLACED = 0.75, 0.4, 0.6


def is_doubtful(word: Word) -> bool:
    """Return whether to read a word again: its confidence is low, or it has an odd shape."""
    if not any(map(str.isalnum, word.text)):
        return False
    digits = any(map(str.isdigit, word.text))
    unsure = word.confidence < (_SURE_OF_DIGITS if digits else _SURE_OF_LETTERS)
    return unsure or bool(digits and _ODD.search(word.text))


def read_again(printed: Print, picture: Image.Image, per_point: float) -> Print:
    """Return the print after its doubtful words were read again, those with digits first."""
    doubtful = [word for run in printed.runs for word in run.words if is_doubtful(word)]
    if not doubtful:
        return printed
    doubtful.sort(key=lambda word: (not any(map(str.isdigit, word.text)), word.confidence))
    weighed = {word: _reread(word, _cut_out(picture, word.box, per_point)) for word in doubtful[:MOST]}
    runs = (Run([weighed.get(word, word) for word in run.words], run.baseline, run.height) for run in printed.runs)
    return replace(printed, runs=tuple(runs))


def _reread(word: Word, crop: Image.Image) -> Word:
    """Return the word as two readings have it, or where they differ three.

    A word that is read alike twice is more certain than either reading was. Of three readings the majority wins, and
    some doubt remains; if all differ, the first stays with a low confidence.
    """
    second, sure = _read(_in_black_and_white(crop))
    if second == word.text:
        best = max(word.confidence, sure)
        return replace(word, confidence=round((1 + best) / 2, 4))
    third, _ = _read(_in_grey(crop))
    if third == word.text:
        return replace(word, confidence=min(word.confidence, _ONE_AGREES), otherwise=second)
    if third and third == second:
        return replace(word, text=third, confidence=min(sure, _REPLACED), otherwise=word.text)
    return replace(word, confidence=min(word.confidence, _NONE_AGREES), otherwise=third or second)


def _read(crop: Image.Image) -> tuple[str, float]:
    """Return the text of a crop, and its confidence (0-1)."""
    rows = [row.split("\t") for row in word_table(crop, 300, ONE_LINE).split("\n") if row.startswith("5\t")]
    return "".join(row[11] for row in rows), min((float(row[10]) for row in rows), default=0.0) / 100


def _cut_out(picture: Image.Image, box: Box, per_point: float) -> Image.Image:
    edges = (box.left - _BESIDE, box.top - _ABOVE, box.right + _BESIDE, box.bottom + _ABOVE)
    x0, y0, x1, y1 = (round(edge * per_point) for edge in edges)
    return picture.crop((max(0, x0), max(0, y0), min(picture.width, x1), min(picture.height, y1)))


def _in_black_and_white(crop: Image.Image) -> Image.Image:
    large = ImageOps.autocontrast(_high(crop, _LARGE, Image.Resampling.BICUBIC), cutoff=1)
    steep = [min(255, max(0, round(_MIDDLE + (shade - _MIDDLE) * _STEEP))) for shade in range(256)]
    return ImageOps.expand(large.point(steep), _EDGE, 255)


def _in_grey(crop: Image.Image) -> Image.Image:
    return ImageOps.expand(ImageOps.autocontrast(_high(crop, _SMALL, Image.Resampling.LANCZOS)), _EDGE, 255)


def _high(crop: Image.Image, height: int, sampling: Image.Resampling) -> Image.Image:
    return crop.resize((max(8, round(crop.width * height / max(1, crop.height))), height), sampling)
