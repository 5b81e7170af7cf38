"""Measures the cost of reading beyond the engines' own work: `./run bench speed`.

It makes its own pages, so that it runs anywhere: a digital letter of about 500 words, compared with pdfium's bare text
extraction, and a picture of it, compared with Tesseract's own time for the same picture.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from extractors.engines.isolation.sandbox import read
from keywright.arguments import positive

_SENTENCE = "supply of paper envelopes delivery before noon to the rear of the building 118.00"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench speed", description=__doc__)
    parser.add_argument(
        "--rounds", type=positive, default=30, help="how often each page is read (30; scans a tenth of it)"
    )
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        for pages in (1, 5):
            _print_digital(Path(folder), pages, rounds)
        _print_scan(Path(folder), max(1, rounds // 10))


def _print_digital(folder: Path, pages: int, rounds: int) -> None:
    path = folder / "digital.pdf"
    path.write_bytes(_letter(pages))
    read(path)  # starts the fork server
    bare = _median(lambda: _bare_text(path), rounds) * 1000
    own_time = _median(lambda: read(path), rounds) * 1000
    target = 2 * bare + 15
    print(
        f"digital, {pages} page{'s' * (pages > 1)}: {own_time:.1f} ms; pdfium's own extraction {bare:.1f} ms; "
        f"{own_time / bare:.1f} times; 2 × pdfium + 15 ms would be {target:.1f} ms"
    )


def _print_scan(folder: Path, rounds: int) -> None:
    page = pdfium.PdfDocument(_letter(1))[0]
    picture: Image.Image = page.render(scale=300 / 72).to_pil().convert("L")
    path = folder / "scan.pdf"
    picture.save(path, "PDF", resolution=300)
    image = folder / "scan.pgm"
    picture.save(image, "PPM")
    bare = _median(lambda: _bare_tesseract(image), rounds)
    own_time = _median(lambda: read(path), rounds)
    print(f"scanned page: {own_time:.2f} s; Tesseract's own time {bare:.2f} s; {own_time / bare:.2f} times")


def _median(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def _bare_text(path: Path) -> int:
    """Do what pypdfium2 does for a caller who wants each character and its place: text and boxes."""
    pdf = pdfium.PdfDocument(path)
    length = 0
    for page in pdf:
        text = page.get_textpage()
        length += len(text.get_text_range())
        for index in range(text.count_chars()):
            text.get_charbox(index)
    pdf.close()
    return length


def _bare_tesseract(image: Path) -> bytes:
    command = ["tesseract", str(image), "stdout", "-l", "eng+fra", "--psm", "3", "--dpi", "300", "tsv"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    return subprocess.run(command, capture_output=True, check=True, env=environment).stdout


def _letter(pages: int) -> bytes:
    output = io.BytesIO()
    vocabulary = _SENTENCE.split()
    canvas = Canvas(output, pagesize=A4)
    for _ in range(pages):
        canvas.setFont("Helvetica", 10)
        for line in range(45):
            words = (vocabulary[(line * 7 + index) % len(vocabulary)] for index in range(12))
            canvas.drawString(60, 790 - 16 * line, " ".join(words))
        canvas.showPage()
    canvas.save()
    return output.getvalue()


if __name__ == "__main__":
    main()
