"""Evens the light in a picture of a page, so that print in a shadow is as clear as print in the light."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter, ImageMath

_GLANCE = 700  # pixels of the long side, roughly, when only the shade of the paper is measured
_COARSE = 10  # of those pixels a square; the lightest part of a square is its paper
_UNEVEN = 0.16  # variation of the paper's shade across a page; a flatbed scanner's is below 0.05
_DARK, _SOME_GROUND = 150, 0.02  # of 255: white print on it is clear; and the share of a page that must be this dark
_DARKEST = 24  # paper is never assumed darker; anything darker is a black bar or the table under the page


def paper_shades(picture: Image.Image) -> Image.Image:
    """Return a small picture of how light the bare paper is around each place of a page."""
    small = picture.reduce(max(1, max(picture.size) // _GLANCE)).filter(ImageFilter.MaxFilter(5))
    coarse = small.reduce(_COARSE).filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.MaxFilter(5))
    return coarse.filter(ImageFilter.GaussianBlur(2))


def unevenness(shades: Image.Image) -> float:
    """Return how much the paper's shade varies (0-1), from its darkest tenth to its lightest."""
    sorted_shades = sorted(shades.tobytes())
    dark, light = sorted_shades[len(sorted_shades) // 10], sorted_shades[-1 - len(sorted_shades) // 10]
    return (light - dark) / max(light, 1)


def print_on_dark(picture: Image.Image) -> Image.Image | None:
    """Return the print on dark areas as dark print on white, and nothing else; None if there is no dark area.

    Tesseract misses white print on a dark bar in the margin, for example the sender's name, because it takes the bar
    for a photo.
    """
    small = picture.reduce(max(1, max(picture.size) // _GLANCE)).reduce(_COARSE // 2)
    ground = small.filter(ImageFilter.MedianFilter(3)).point([255 * (shade < _DARK) for shade in range(256)])
    ground = ground.filter(ImageFilter.MaxFilter(3))  # the places of the print itself are lighter
    if ground.histogram()[255] < _SOME_GROUND * ground.width * ground.height:
        return None
    mask = ground.resize(picture.size, Image.Resampling.NEAREST)
    white = Image.new("L", picture.size, 255)
    plain = [255 - max(0, min(255, round((shade - _DARK) * 255 / (255 - _DARK)))) for shade in range(256)]
    return Image.composite(picture.point(plain), white, mask)


def with_even_light(picture: Image.Image) -> tuple[Image.Image, float]:
    """Return a grey picture with white paper everywhere if the light is uneven, and the unevenness (0-1).

    Each shade is divided by the shade of the paper around it, since light falls on ink and on paper alike.
    """
    shades = paper_shades(picture)
    uneven = unevenness(shades)
    if uneven < _UNEVEN:
        return picture, uneven
    paper = ImageChops.lighter(shades, Image.new("L", shades.size, _DARKEST))
    spread = paper.resize(picture.size, Image.Resampling.BICUBIC)
    lit = ImageMath.lambda_eval(
        lambda images: images["min"](images["shade"] * 250 / images["paper"], 255),
        shade=picture.convert("I"),
        paper=spread.convert("I"),
    )
    return lit.convert("L"), uneven
