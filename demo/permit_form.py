"""A form on paper: cells under labels, boxes to tick, lines to sign, and the places where a field will stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reportlab.lib.utils import simpleSplit

from demo.paper import GREY, PrintSheet, text_width

LEFT, RIGHT = 36.0, 586.0
BAR = "#e0e0e0"
BLACK = "#000000"
PEN = "#1b2a6b"
Kind = Literal["text", "tick", "signature"]
Cell = tuple[str, float, float, str]


@dataclass(frozen=True, slots=True)
class Blank:
    """A place to fill in: page from 0, rectangle in PDF points from the bottom left, AcroForm name and on-state."""

    page: int
    rect: tuple[float, float, float, float]
    name: str
    kind: Kind = "text"
    on: str = "Yes"
    several_lines: bool = False


class PermitForm:
    """The form being drawn; `written` is filled in by hand during drawing, `blanks` are the places so far."""

    def __init__(self, written: Mapping[str, str], signed: bool) -> None:
        self.sheet, self.page = PrintSheet(), 0
        self.blanks: list[Blank] = []
        self._written, self._signed = written, signed

    def bar(self, y: float, title: str, x0: float = LEFT, x1: float = RIGHT, high: float = 13) -> float:
        """A grey section head; returns its foot."""
        self.sheet.box(x0, y, x1, y + high, fill=BAR, ink=BLACK)
        self.sheet.write(x0 + 5, y + 10, title, 7.5, "VeraBd")
        return y + high

    def row(self, y: float, high: float, cells: Sequence[Cell], several_lines: bool = False) -> float:
        """A row of cells, each with its label at the top and its blank below; returns its foot."""
        for label, x0, x1, name in cells:
            self.sheet.box(x0, y, x1, y + high, ink=BLACK)
            self.sheet.write(x0 + 5, y + 8, label, 6)
            self.text(x0 + 4, y + 10, x1 - 3, y + high - 1, name, several_lines)
        return y + high

    def text(self, x0: float, y0: float, x1: float, y1: float, name: str, several_lines: bool = False) -> None:
        """A blank for text."""
        height = self.sheet.height
        self.blanks.append(Blank(self.page, (x0, height - y1, x1, height - y0), name, "text", "", several_lines))
        value = self._written.get(name, "")
        if several_lines:
            self.sheet.lines(x0 + 2, y0 + 9, simpleSplit(value, "Vera", 8, x1 - x0 - 4), 8, 10.5, ink=PEN)
        elif value:
            self.sheet.write(x0 + 2, y1 - 4, value, _fitting(value, x1 - x0 - 4), ink=PEN)

    def tick(self, x: float, y: float, side: float, name: str, on: str = "Yes") -> None:
        """A box to tick."""
        height = self.sheet.height
        self.sheet.box(x, y, x + side, y + side, ink=BLACK, thick=0.9)
        self.blanks.append(Blank(self.page, (x, height - y - side, x + side, height - y), name, "tick", on))
        if self._written.get(name) == on:
            third = side / 3
            self.sheet.curve(
                [x + third * 0.6, y + third * 1.6, *[x + third, y + third * 2] * 2, x + third * 1.2, y + third * 2.4],
                PEN,
                1.8,
            )
            self.sheet.curve(
                [
                    x + third * 1.2,
                    y + third * 2.4,
                    *[x + third * 1.6, y + third * 1.6] * 2,
                    x + third * 2.5,
                    y + third * 0.5,
                ],
                PEN,
                1.8,
            )

    def signature(self, x0: float, y: float, x1: float, name: str) -> None:
        """A line to sign on, and the pen's curls if it is signed by hand."""
        height = self.sheet.height
        self.blanks.append(Blank(self.page, (x0, height - y, x1, height - y + 18), name, "signature"))
        if self._signed:
            for curl in range(5):
                x = x0 + 20 + curl * 17
                self.sheet.curve([x, y - 3, x + 9, y - 22 + curl * 3, x + 3, y + 6, x + 18, y - 4], PEN, 1.1)

    def dated(self, y: float, day: tuple[float, float], sign: tuple[float, float], names: tuple[str, str]) -> None:
        """A line for the date and one for the signature; `names` are those of the two fields."""
        self.text(day[0], y - 18, day[1], y, names[0])
        self.sheet.rule(day[0], y + 1, day[1], BLACK)
        self.sheet.write(day[0] + 44, y + 10, "Date", 6.5)
        self.signature(sign[0], y, sign[1], names[1])
        self.sheet.rule(sign[0], y + 1, sign[1], BLACK)
        self.sheet.write(sign[0] + 94, y + 10, names[1], 6.5)

    def yes_no(self, y: float, yes: str, no: str) -> None:
        """The two boxes at the right of a question."""
        self.tick(474, y, 14, yes)
        self.sheet.write(493, y + 9, "Yes", 6.5)
        self.tick(537, y, 14, no, "No")
        self.sheet.write(556, y + 9, "No", 6.5)

    def rows(self, y: float, high: float, rows: Sequence[Sequence[Cell]]) -> float:
        """Rows of cells under one another; returns their foot."""
        for cells in rows:
            y = self.row(y, high, cells)
        return y

    def party(self, y: float, who: str, last_name: str, corporation: str) -> float:
        """The four rows of names and addresses that applicant, owner and builder share; returns their foot."""
        printed = corporation.removeprefix(f"{who} ")
        rows: tuple[tuple[Cell, ...], ...] = (
            (
                ("Last name", 36, 233, last_name),
                ("First name", 233, 333, f"{who} First name"),
                (printed, 333, 586, corporation),
            ),
            (
                ("Street address", 36, 432, f"{who} Street address"),
                ("Unit number", 432, 509, f"{who} Unit number"),
                ("Lot/con.", 509, 586, f"{who} Lot/Concession"),
            ),
            (
                ("Municipality", 36, 233, f"{who} Municipality"),
                ("Postal code", 233, 333, f"{who} Postal code"),
                ("Province", 333, 432, f"{who} Province"),
                ("E-mail", 432, 586, f"{who} Email"),
            ),
            (
                ("Telephone number", 36, 233, f"{who} Telephone number"),
                ("Fax", 233, 432, f"{who} Fax"),
                ("Cell number", 432, 586, f"{who} Cell number"),
            ),
        )
        return self.rows(y, 27, rows)

    def footer(self, number: int) -> None:
        """The line at the foot of every page."""
        self.sheet.write(31, 754, "Application for a Permit to Construct or Demolish", 6.5, "VeraBd", ink=GREY)
        self.sheet.write(584, 754, f"Page {number} of 3", 6.5, "VeraBd", "right", GREY)

    def turn_over(self) -> None:
        """Go on to the next page."""
        self.footer(self.page + 1)
        self.sheet.next_page()
        self.page += 1


def _fitting(value: str, width: float) -> float:
    return min(8.0, 8.0 * width / max(text_width(value, 8), 1))
