"""Measures how much is still read of worn paper: ``./run bench worn_paper [--only NAME …]``.

The demo's digital invoices are drawn and worn the way faxes, photos, photocopies and bad scanners do it. Their text
layer is the truth. Measured are the share of its words that are read, of those with a digit, and the words with a digit
that are read without being there (and with what confidence).
"""

from __future__ import annotations

import argparse
import io
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from rich.table import Table

from demo.documents import make
from extractors.engines.isolation.sandbox import read
from keywright.errors import Refer
from keywright.model.reading import Page
from keywright.terminal import SafeConsole

DPI = 300
PAPERS = ("brightwater-4471", "papeterie-laurier-fr", "grand-river-credit-note", "northfield-facturx",
          "lakeshore-uniforms-771", "halton-hydrovac-three-pages")  # fmt: skip
SURE = 0.9
Wear = Callable[[Image.Image], bytes]


def main() -> int:
    """Wear and read every paper, and print a row a kind of wear."""
    parser = argparse.ArgumentParser(prog="bench worn_paper", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="only these kinds of wear")
    parser.add_argument("--folder", type=Path, help="wear the PDFs of this folder instead of the demo's")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        make(Path(place))
        papers = sorted(options.folder.glob("*.pdf")) if options.folder else [Path(place) / f"{p}.pdf" for p in PAPERS]
        table = Table("worn as", "words", "values", "wrong", "surely wrong", "sure", "s a page", "refused", "quality")
        pictures = {paper: drawn(paper) for paper in papers}  # pdfium can serve one thread only
        for name in options.only or WEARS:
            cells = _tried(pictures, name, Path(place))
            table.add_row(name, *cells)
        SafeConsole().print(table)
    return 0


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one worn paper; shares are 0-1 of what is printed, ``wrong`` of what was read."""

    words: float
    values: float
    wrong: float
    surely_wrong: float
    sure: float
    seconds: float
    refused: bool
    quality: str


def _tried(pictures: dict[Path, Image.Image], name: str, place: Path) -> list[str]:
    with ThreadPoolExecutor(cpu_count() or 1) as readers:
        tried = list(readers.map(lambda paper: _try(paper, pictures[paper], name, place), pictures))
    shares = [statistics.mean(getattr(reading, part) for reading in tried) for part in ("words", "values", "wrong")]
    sure = [statistics.mean(getattr(reading, part) for reading in tried) for part in ("surely_wrong", "sure")]
    seconds = statistics.mean(reading.seconds for reading in tried)
    percentages = [f"{share:.1%}" for share in (*shares, *sure)]
    return [*percentages, f"{seconds:.1f}", str(sum(reading.refused for reading in tried)), tried[0].quality]


def _try(paper: Path, picture: Image.Image, name: str, place: Path) -> Tried:
    content = WEARS[name](picture)
    worn = place / f"{paper.stem}-{name}"
    worn.write_bytes(content)
    truth = values(read(paper).pages[0])
    began = time.perf_counter()
    try:
        page = read(worn).pages[0]
    except Refer:
        return Tried(0, 0, 0, 0, 0, time.perf_counter() - began, True, "")
    seconds = time.perf_counter() - began
    got = values(page)
    sure = values(page, SURE)
    quality = str(getattr(page, "quality", ""))
    return Tried(
        _share(truth[0], got[0]), _share(truth[1], got[1]), 1 - _share(got[1], truth[1]),
        1 - _share(sure[1], truth[1]), _share(truth[1], sure[1]), seconds, False, quality,
    )  # fmt: skip


def _share(of: Counter[str], found_in: Counter[str]) -> float:
    return sum((of & found_in).values()) / max(1, sum(of.values()))


def values(page: Page, at_least: float = 0.0) -> tuple[Counter[str], Counter[str]]:
    """Return the words of a page with two letters or digits and more, and those of them with a digit."""
    words = Counter(
        bare
        for word in page.words()
        if word.confidence >= at_least and len(bare := re.sub(r"^\W+|\W+$", "", word.text)) >= 2
    )
    return words, Counter({word: number for word, number in words.items() if any(map(str.isdigit, word))})


def drawn(paper: Path) -> Image.Image:
    """Return the first page in grey, at 300 dpi."""
    page = pdfium.PdfDocument(paper)[0]
    picture: Image.Image = page.render(scale=DPI / 72).to_pil().convert("L")
    return picture


def scanned(picture: Image.Image, dpi: int = DPI) -> bytes:
    """Return the picture as a scanner's PDF."""
    output = io.BytesIO()
    picture.save(output, "PDF", resolution=dpi)
    return output.getvalue()


def at(dpi: int) -> Wear:
    """Return how a scanner of so many dots an inch wears a page."""
    return lambda picture: scanned(_resized(picture, dpi / DPI, dpi / DPI), dpi)


def askew(degrees: float, dpi: int = 200) -> Wear:
    """Return how a page is worn that lies on the glass at an angle."""

    def wear(picture: Image.Image) -> bytes:
        turned = picture.rotate(-degrees, Image.Resampling.BICUBIC, expand=degrees % 90 == 0, fillcolor=255)
        return scanned(_resized(turned, dpi / DPI, dpi / DPI), dpi)

    return wear


def fax(across: int, down: int) -> Wear:
    """Return how a fax machine of so many dots an inch wears a page: black or white, in a TIFF."""

    def wear(picture: Image.Image) -> bytes:
        small = _resized(picture, across / DPI, down / DPI).filter(ImageFilter.GaussianBlur(0.5))
        dots = small.point([0 if shade < 150 else 255 for shade in range(256)]).convert("1")
        output = io.BytesIO()
        dots.save(output, "TIFF", compression="group4", dpi=(across, down))
        return output.getvalue()

    return wear


def photo(picture: Image.Image) -> bytes:
    """Wear a page as a telephone's camera does: light from a side, a little out of focus, askew and in perspective."""
    return _jpeg(_lit(_tilted(_resized(picture, 0.62, 0.62))).filter(ImageFilter.GaussianBlur(0.8)), 75)


def dark_photo(picture: Image.Image) -> bytes:
    """Wear a page as a camera does in a dim room."""
    dim = _lit(_tilted(_resized(picture, 0.55, 0.55))).point([round(40 + shade * 0.45) for shade in range(256)])
    return _jpeg(_noisy(dim, 8).filter(ImageFilter.GaussianBlur(0.8)), 60)


def stamped(picture: Image.Image) -> bytes:
    """Wear a page with a stamp over its print, as PAID or RECEIVED across the amounts."""
    stamp = Image.new("L", picture.size, 255)
    pen = ImageDraw.Draw(stamp)
    for x, y in ((1350, 1500), (300, 400), (1300, 2500)):
        pen.rectangle((x, y, x + 900, y + 240), outline=120, width=14)
        pen.text((x + 40, y + 30), "RECEIVED", fill=120, font=ImageFont.load_default(170))
    turned = stamp.rotate(8, Image.Resampling.BICUBIC, fillcolor=255)
    return at(200)(ImageChops.multiply(picture, turned))


def photocopy(picture: Image.Image) -> bytes:
    """Wear a page as a copy of a copy: thick, speckled, with a dark edge."""
    thick = picture.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.GaussianBlur(1.4))
    harsh = _noisy(thick, 40).point([0 if shade < 150 else 255 for shade in range(256)])
    ImageDraw.Draw(harsh).rectangle((0, 0, 70, harsh.height), fill=30)
    return scanned(_resized(harsh, 200 / DPI, 200 / DPI), 200)


def faint(picture: Image.Image) -> bytes:
    """Wear a page as an empty toner does."""
    pale = picture.point([round(195 + shade * 45 / 255) for shade in range(256)])
    return scanned(_resized(_noisy(pale, 5), 200 / DPI, 200 / DPI), 200)


def noisy(picture: Image.Image) -> bytes:
    """Wear a page with much noise."""
    return scanned(_noisy(_resized(picture, 200 / DPI, 200 / DPI), 35), 200)


def blurred(picture: Image.Image) -> bytes:
    """Wear a page as a scanner does that is out of focus."""
    return at(150)(picture.filter(ImageFilter.GaussianBlur(3)))


def _resized(picture: Image.Image, across: float, down: float) -> Image.Image:
    size = (round(picture.width * across), round(picture.height * down))
    return picture.resize(size, Image.Resampling.BOX if max(across, down) < 1 else Image.Resampling.BICUBIC)


def _noisy(picture: Image.Image, strength: float) -> Image.Image:
    dice = random.Random(4)  # noqa: S311 - dirt, not a secret
    tile = Image.frombytes(
        "L", (256, 256), bytes(min(255, max(0, round(dice.gauss(128, strength)))) for _ in range(65536))
    )
    noise = Image.new("L", picture.size)
    for x in range(0, picture.width, 256):
        for y in range(0, picture.height, 256):
            noise.paste(tile.transpose(Image.Transpose(dice.randrange(7))), (x, y))
    return ImageChops.add(picture, noise, 1, -128)


def _lit(picture: Image.Image) -> Image.Image:
    """Return the picture under a light from the top left, with a shadow across."""
    light = (
        Image.radial_gradient("L")
        .resize((picture.width * 2, picture.height * 2))
        .crop(
            (
                picture.width // 2,
                picture.height // 2,
                picture.width // 2 + picture.width,
                picture.height // 2 + picture.height,
            )
        )
        .point([255 - shade // 2 for shade in range(256)])
    )
    shadow = Image.new("L", picture.size, 255)
    ImageDraw.Draw(shadow).polygon(
        [
            (picture.width * 0.5, 0),
            (picture.width, 0),
            (picture.width, picture.height),
            (picture.width * 0.8, picture.height),
        ],
        fill=150,
    )
    return ImageChops.multiply(ImageChops.multiply(picture, light), shadow.filter(ImageFilter.GaussianBlur(60)))


def _tilted(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    quad = (-0.02 * width, -0.02 * height, -0.03 * width, 1.02 * height, 1.04 * width, 1.01 * height, 1.01 * width, 0.0)
    turned = picture.rotate(1.5, Image.Resampling.BICUBIC, fillcolor=235)
    return turned.transform(picture.size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor=200)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=quality)
    return output.getvalue()


WEARS: dict[str, Wear] = {
    "300 dpi": at(300), "200 dpi": at(200), "150 dpi": at(150), "100 dpi": at(100), "72 dpi": at(72),
    "fax 204x196": fax(204, 196), "fax 204x98": fax(204, 98), "photo": photo, "dark photo": dark_photo,
    "stamped": stamped, "photocopy": photocopy, "faint": faint, "noisy": noisy, "blurred": blurred,
    "askew 4": askew(4), "askew -7": askew(-7), "askew 10": askew(10), "turned 90": askew(90), "turned 180": askew(180),
    "turned 270": askew(270), "turned 93": askew(93),
}  # fmt: skip

if __name__ == "__main__":
    raise SystemExit(main())
