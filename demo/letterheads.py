"""The marks of the invented vendors, drawn from simple shapes so that no two letters look alike."""

from demo.paper import GREY, INK, Face, PrintSheet


def waves(sheet: PrintSheet, x: float, y: float, dark: str, light: str) -> None:
    """A drop over two waves: pumps."""
    sheet.disc(x + 21, y + 21, 21, dark)
    sheet.shape([(x + 21, y + 5), (x + 12, y + 21), (x + 30, y + 21)], "#ffffff")
    sheet.disc(x + 21, y + 22, 9, "#ffffff")
    for lift in (34, 39):
        sheet.curve([x, y + lift, x + 14, y + lift - 10, x + 28, y + lift + 10, x + 42, y + lift], light, 2.4)


def road(sheet: PrintSheet, x: float, y: float, ink: str) -> None:
    """A road to the horizon: paving."""
    sheet.box(x, y, x + 54, y + 40, fill=ink)
    sheet.shape([(x + 23, y + 4), (x + 31, y + 4), (x + 50, y + 40), (x + 4, y + 40)], "#ffffff")
    for top, half in ((8, 0.9), (17, 1.6), (28, 2.4)):
        sheet.box(x + 27 - half, y + top, x + 27 + half, y + top + 7, fill=ink)


def monogram(sheet: PrintSheet, x: float, y: float, ink: str) -> None:
    """An N between two bars: software."""
    sheet.box(x, y, x + 8, y + 34, fill=ink)
    sheet.shape([(x + 8, y), (x + 17, y), (x + 34, y + 34), (x + 25, y + 34)], "#f28c28")
    sheet.box(x + 34, y, x + 42, y + 34, fill=ink)


def leaf(sheet: PrintSheet, x: float, y: float, ink: str) -> None:
    """A laurel twig: stationery."""
    sheet.curve([x + 4, y + 42, x + 12, y + 26, x + 22, y + 14, x + 38, y + 4], ink, 1.6)
    for step in range(4):
        cx, cy = x + 9 + step * 8, y + 32 - step * 8
        sheet.shape([(cx, cy), (cx - 9, cy - 6), (cx - 3, cy - 11)], ink)
        sheet.shape([(cx, cy), (cx + 11, cy + 1), (cx + 7, cy - 6)], ink)


def river(sheet: PrintSheet, x: float, y: float, ink: str) -> None:
    """Three bends in a square: a river."""
    sheet.box(x, y, x + 40, y + 40, fill=ink)
    for lift in (11, 20, 29):
        sheet.curve([x + 5, y + lift, x + 16, y + lift - 12, x + 24, y + lift + 12, x + 35, y + lift], "#ffffff", 2.6)


def drill(sheet: PrintSheet, x: float, y: float, ink: str) -> None:
    """A nozzle over a bore hole: hydro-vac."""
    sheet.shape([(x, y), (x + 44, y), (x + 27, y + 20), (x + 17, y + 20)], ink)
    sheet.box(x + 18, y + 22, x + 26, y + 40, fill="#f0b323")
    sheet.rule(x, y + 41, x + 44, ink, 2.5)


def stripes(sheet: PrintSheet, x: float, y: float, ink: str) -> None:
    """A collar and two stripes: uniforms."""
    sheet.shape([(x, y), (x + 20, y + 22), (x + 9, y + 22)], ink)
    sheet.shape([(x + 40, y), (x + 20, y + 22), (x + 31, y + 22)], ink)
    sheet.box(x, y + 27, x + 40, y + 30, fill=ink)
    sheet.box(x, y + 34, x + 40, y + 37, fill=ink)


def pine(sheet: PrintSheet, x: float, y: float, ink: str) -> None:
    """A tree on a slope: tree care."""
    for top, half in ((0, 10), (9, 14), (19, 18)):
        sheet.shape([(x + 20, y + top), (x + 20 - half, y + top + 15), (x + 20 + half, y + top + 15)], ink)
    sheet.box(x + 17.5, y + 34, x + 22.5, y + 41, fill="#6b4a2b")


def pane(sheet: PrintSheet, x: float, y: float, ink: str) -> None:
    """A window with light in it: cleaning."""
    sheet.box(x, y, x + 40, y + 40, fill=ink)
    for dx in (4, 21.5):
        for dy in (4, 21.5):
            sheet.box(x + dx, y + dy, x + dx + 14.5, y + dy + 14.5, fill="#d9eef2")


def arms(sheet: PrintSheet, x: float, y: float, ink: str) -> None:
    """A shield with a fall of water: the town."""
    sheet.shape([(x, y), (x + 36, y), (x + 36, y + 24), (x + 18, y + 44), (x, y + 24)], ink)
    for dx in (9, 16, 23):
        sheet.box(x + dx, y + 6, x + dx + 3, y + 26, fill="#ffffff")


def sender(
    sheet: PrintSheet, x: float, y: float, name: str, under: tuple[str, ...], ink: str = INK, face: Face = "VeraBd"
) -> None:
    """A vendor's name with its address under it."""
    sheet.write(x, y, name, 14, face, ink=ink)
    sheet.lines(x, y + 13, under, 7.5, 10.5, ink=GREY)
