"""Draws the two charts of a calibration side by side, with Pillow alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE, SIDE, EDGE = (1240, 560), 420, 90
INK, GRID, LINE, DOT = "#222222", "#dddddd", "#1f5fa8", "#b3541e"
LEAST_SURE = 0.75  # the left edge of the reliability diagram
Place = Callable[[float, float], tuple[float, float]]


def draw(path: Path, bands: Sequence[tuple[float, float, int]], curve: Sequence[tuple[float, float]]) -> None:
    """Draw the reliability of bands (said, right, count) and the curve of (coverage, error) into a PNG."""
    picture = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(picture)
    _reliability(pen, bands)
    _coverage(pen, curve)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, optimize=True)


def _reliability(pen: ImageDraw.ImageDraw, bands: Sequence[tuple[float, float, int]]) -> None:
    ticks = [0.75, 0.8, 0.85, 0.9, 0.95, 1.0]
    place = _axes(pen, EDGE, (LEAST_SURE, 1.0), ticks, (LEAST_SURE, 1.0), ticks)
    pen.line([place(LEAST_SURE, LEAST_SURE), place(1.0, 1.0)], fill="#999999", width=2)
    for confidence, right, count in bands:
        x, y = place(max(LEAST_SURE, confidence), max(LEAST_SURE, right))
        radius = 3 + min(14.0, count**0.5 / 2)
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], outline=DOT, width=3)
        pen.text((x - radius - 6, y - radius - 6), str(count), fill=INK, font=_font(13), anchor="rb")
    _titles(pen, EDGE, "Reliability: said to be right, and right", "confidence (vendors held out)", "share right")


def _coverage(pen: ImageDraw.ImageDraw, curve: Sequence[tuple[float, float]]) -> None:
    most = max([0.005, *(error for share, error in curve if share > 0.05)]) * 1.15
    x0 = 2 * EDGE + SIDE + 60
    place = _axes(pen, x0, (0.0, 1.0), [0, 0.2, 0.4, 0.6, 0.8, 1.0], (0.0, most), [most * n / 4 for n in range(5)])
    points = [place(share, min(error, most)) for share, error in curve]
    if len(points) > 1:
        pen.line(points, fill=LINE, width=3)
    _titles(pen, x0, "Coverage against error", "share of fields that pass", "share wrong among them")


def _axes(
    pen: ImageDraw.ImageDraw,
    x0: int,
    across: tuple[float, float],
    across_ticks: Sequence[float],
    up: tuple[float, float],
    up_ticks: Sequence[float],
) -> Place:
    """Draw a frame with its ticks, and return where a pair of values lies in it."""
    bottom = SIZE[1] - EDGE

    def place(x: float, y: float) -> tuple[float, float]:
        wide, high = (x - across[0]) / (across[1] - across[0]), (y - up[0]) / (up[1] - up[0])
        return x0 + SIDE * wide, bottom - SIDE * high

    for tick in across_ticks:
        x, _ = place(tick, up[0])
        pen.line([x, bottom, x, bottom - SIDE], fill=GRID)
        pen.text((x, bottom + 8), f"{tick:g}", fill=INK, font=_font(14), anchor="ma")
    for tick in up_ticks:
        _, y = place(across[0], tick)
        pen.line([x0, y, x0 + SIDE, y], fill=GRID)
        pen.text((x0 - 8, y), f"{tick:.1%}" if tick < 0.5 else f"{tick:g}", fill=INK, font=_font(14), anchor="rm")
    pen.rectangle([x0, bottom - SIDE, x0 + SIDE, bottom], outline=INK)
    return place


def _titles(pen: ImageDraw.ImageDraw, x0: int, title: str, across: str, up: str) -> None:
    middle, bottom = x0 + SIDE / 2, SIZE[1] - EDGE
    pen.text((middle, bottom - SIDE - 12), title, fill=INK, font=_font(18), anchor="ms")
    pen.text((middle, bottom + 36), across, fill=INK, font=_font(15), anchor="ma")
    pen.text((x0 - 60, bottom - SIDE - 26), up, fill=INK, font=_font(15), anchor="ls")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
