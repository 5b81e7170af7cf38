"""Draws a page of print with AcroForm fields on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

HEIGHT = 792


def fillable_with(
    words: Iterable[tuple[float, float, str]], folder: Path, texts: Mapping[str, str], boxes: Mapping[str, bool]
) -> Path:
    """Write a page with words, each at (left, baseline from the top), and fields that hold these values."""
    file = folder / "fillable.pdf"
    canvas = Canvas(str(file), pagesize=(612, HEIGHT))
    for x, down, word in words:
        canvas.drawString(x, HEIGHT - down, word)
    for n, (name, value) in enumerate(texts.items()):
        canvas.acroForm.textfield(name=name, value=value, x=60, y=20 + 30 * n, width=200, height=20)
    for n, (name, on) in enumerate(boxes.items()):
        canvas.acroForm.checkbox(name=name, checked=on, x=400, y=20 + 30 * n, size=12)
    canvas.save()
    return file
