"""What every page of the town hall is made from: a clerk's visit, and a template."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader
from starlette.responses import HTMLResponse

ROWS = 10  # a page of search results
TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a signed-in clerk: the fields of address and form together, as CGI had them."""

    database: Path
    clerk: str
    path: str
    fields: dict[str, str]
    upload: tuple[str, bytes] | None = None  #: the name and the content of a file that was sent
    as_draft: bool = False  #: what is posted is kept as a draft
    listed_until: float = math.inf  #: a list holds what was booked before this time, as seconds since 1970

    def field(self, name: str, default: str = "") -> str:
        """Return a field without the blanks around it."""
        return self.fields.get(name, default).replace("\r\n", "\n").strip()


def show(template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """Return a page made from a template."""
    return HTMLResponse(TEMPLATES.get_template(template).render(values), status)


def say(title: str, text: str, status: int = 200) -> HTMLResponse:
    """Return a page with only a message."""
    return show("says.html", status, title=title, text=text)


def show_found(
    visit: Visit, title: str, record: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> HTMLResponse:
    """Return one page of search results, ten rows of them, with links to the pages around it."""
    pages = max(1, -(-len(rows) // ROWS))
    page = min(max(1, int(visit.field("page") or 1)), pages)
    return show(
        "found.html",
        title=title,
        record=record,
        columns=columns,
        rows=rows[(page - 1) * ROWS : page * ROWS],
        page=page,
        pages=pages,
        previous=_page_link(visit, page - 1) if page > 1 else "",
        next=_page_link(visit, page + 1) if page < pages else "",
    )


def _page_link(visit: Visit, page: int) -> str:
    return f"{visit.path}?{urlencode(visit.fields | {'page': str(page)})}"
