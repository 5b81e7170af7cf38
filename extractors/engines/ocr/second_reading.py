"""Reads the doubtful words of a page again, at another size and in another light, and weighs the readings."""

from __future__ import annotations

import re
from dataclasses import replace

import tesserocr
from PIL import Image, ImageOps

from extractors.engines.ocr.tesseract import Print
from extractors.engines.ocr.tesseract_loaded import holding
from extractors.engines.print_lines import Run
from keywright.model.reading import Box, Word

MOST = 40  # words a page; a look takes about a hundredth of a second, and a word two looks at most
_SURE_OF_DIGITS, _SURE_OF_LETTERS = 0.9, 0.6  # a digit more or less is money, a letter seldom is
#: A letter among digits that is most likely a digit misread: ``1O4.00``, ``S118.00`` for ``$118.00``.
_ODD = re.compile(r"\d[OoIlSBZ]\d|^[S§][\d.,]+$|[\d.,]{3}[OoIlSB]$")
_BESIDE, _ABOVE = 1.2, 1.5  # points around a word that are read with it
_LARGE, _SMALL = 64, 40  # dots that a crop is made high
_EDGE = 12  # dots of white around it
_MIDDLE, _STEEP = 140, 2.5  # a shade above is made lighter, one below darker, so many times
#: How sure a word may be at most if one of two further looks agrees, or none; and one that two looks put in its place.
#: Of such words 79 %, 38 % and 64 % were right on worn sample documents.
_ONE_AGREES, _NONE_AGREES, _REPLACED = 0.75, 0.4, 0.6


def is_doubtful(word: Word) -> bool:
    """Tell whether a word is worth another look: its reader was not sure, or it has an odd shape."""
    if not any(map(str.isalnum, word.text)):
        return False
    digits = any(map(str.isdigit, word.text))
    unsure = word.confidence < (_SURE_OF_DIGITS if digits else _SURE_OF_LETTERS)
    return unsure or bool(digits and _ODD.search(word.text))


def look_again(printed: Print, picture: Image.Image, per_point: float) -> Print:
    """Return the print after its doubtful words were read again, those with digits first."""
    doubtful = [word for run in printed.runs for word in run.words if is_doubtful(word)]
    if not doubtful:
        return printed
    doubtful.sort(key=lambda word: (not any(map(str.isdigit, word.text)), word.confidence))
    weighed = {word: _weighed(word, _cut_out(picture, word.box, per_point)) for word in doubtful[:MOST]}
    runs = (Run([weighed.get(word, word) for word in run.words], run.baseline, run.height) for run in printed.runs)
    return replace(printed, runs=tuple(runs))


def _weighed(word: Word, crop: Image.Image) -> Word:
    """Return the word as two readings tell it, or where they differ three.

    A word that is read alike twice is surer than either reading was. Of three readings two decide, and some doubt
    remains; where all differ the first stays, and is not believed.
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
    """Return what a crop says, and how sure (0-1) that is."""
    with holding(crop, 300, tesserocr.PSM.SINGLE_LINE) as loaded:
        table = loaded.GetTSVText(0) if loaded.Recognize() else ""
    rows = [row.split("\t") for row in table.split("\n") if row.startswith("5\t")]
    return "".join(row[11] for row in rows), min((float(row[10]) for row in rows), default=0.0) / 100


def _cut_out(picture: Image.Image, box: Box, per_point: float) -> Image.Image:
    edges = (box.left - _BESIDE, box.top - _ABOVE, box.right + _BESIDE, box.bottom + _ABOVE)
    left, top, right, bottom = (round(edge * per_point) for edge in edges)
    return picture.crop((max(0, left), max(0, top), min(picture.width, right), min(picture.height, bottom)))


def _in_black_and_white(crop: Image.Image) -> Image.Image:
    large = ImageOps.autocontrast(_high(crop, _LARGE, Image.Resampling.BICUBIC), cutoff=1)
    steep = [min(255, max(0, round(_MIDDLE + (shade - _MIDDLE) * _STEEP))) for shade in range(256)]
    return ImageOps.expand(large.point(steep), _EDGE, 255)


def _in_grey(crop: Image.Image) -> Image.Image:
    return ImageOps.expand(ImageOps.autocontrast(_high(crop, _SMALL, Image.Resampling.LANCZOS)), _EDGE, 255)


def _high(crop: Image.Image, height: int, sampling: Image.Resampling) -> Image.Image:
    return crop.resize((max(8, round(crop.width * height / max(1, crop.height))), height), sampling)
