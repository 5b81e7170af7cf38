"""What the town hall does to its lists: a head, a foot, row heads, rows that come late, or another page instead."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.responses import HTMLResponse, Response

from demo.town_hall.switches import Switch

LIST = re.compile(
    r'(?P<title><tr><th class="head" colspan="\d+">[^<]*</th></tr>\s*)?'
    r'(?P<heads><tr>(?:<th class="column">[^<]*</th>)+</tr>)(?P<rows>.*?)</table>',
    re.DOTALL,
)
TITLE = re.compile(r'<th class="head"[^>]*>([^<]*)</th>')
BODY = re.compile(r"<body>.*</body>", re.DOTALL)
Form = Callable[[str, str, str, Switch], str]


def in_another_form(response: Response, switch: Switch) -> Response:
    """Write each table of records on a page in another form, in which it shows the very same."""
    form = switch.draw().choice(FORMS)

    def write(table: re.Match[str]) -> str:
        return form(table["title"] or "", table["heads"], table["rows"], switch) + "</table>"

    return HTMLResponse(LIST.sub(write, bytes(response.body).decode()), response.status_code)


def another_page(response: Response, switch: Switch) -> Response:
    """Answer a search with a page that has the list's title and is not the list."""
    html = bytes(response.body).decode()
    title, table = TITLE.search(html), LIST.search(html)
    if title is None or table is None:
        return response
    head = f'<table><tr><th class="head" colspan="6">{title[1]}</th></tr>'
    page = switch.draw().choice(PAGES)(head, table["heads"])
    return HTMLResponse(BODY.sub(lambda _: f"<body>{page}</body>", html), response.status_code)


def _with_head(title: str, heads: str, rows: str, _: Switch) -> str:
    return f"<thead>{title}{heads}</thead><tbody>{rows}</tbody>"


def _with_head_and_foot(title: str, heads: str, rows: str, _: Switch) -> str:
    return f"<thead>{title}{heads}</thead><tfoot>{heads}</tfoot><tbody>{rows}</tbody>"


def _all_in_the_head(title: str, heads: str, rows: str, _: Switch) -> str:
    return f"<thead>{title}{heads}{rows}</thead>"


def _with_row_heads(title: str, heads: str, rows: str, _: Switch) -> str:
    with_heads = re.sub(r"(<tr[^>]*>)<td([^>]*)>(.*?)</td>", r'\1<th scope="row"\2>\3</th>', rows, flags=re.DOTALL)
    return f"<thead>{title}{heads}</thead><tbody>{with_heads}</tbody>"


def _with_a_hidden_row(title: str, heads: str, rows: str, _: Switch) -> str:
    cells = "<td>{{ cell }}</td>" * heads.count("<th")
    return f'<thead>{title}{heads}</thead><tbody><tr style="display: none">{cells}</tr>{rows}</tbody>'


def _late(title: str, heads: str, rows: str, switch: Switch) -> str:
    late = (
        "const kept = document.currentScript.previousElementSibling;"
        f"setTimeout(() => kept.parentElement.append(kept.content), {switch.seconds * 1000:.0f});"
    )
    template = f"<template>{rows}</template><script>{late}</script>"
    return f"<thead>{title}{heads}</thead><tbody>{template}</tbody>"


FORMS: tuple[Form, ...] = (
    *(_with_head, _with_head_and_foot, _all_in_the_head, _with_row_heads, _with_a_hidden_row, _late),
)
PAGES: tuple[Callable[[str, str], str], ...] = (
    lambda head, _: f"{head}<tr><td>The list is being rebuilt. Please come back later.</td></tr></table>",
    lambda head, _: f'{head}<tr><td>Status</td><td><form><input name="q"></form></td></tr></table>',
    lambda head, heads: f"{head}{heads}</table><p>Recently viewed by you: nothing yet.</p>",
    lambda head, heads: f"{head}</table><table>{heads}</table><table>{heads}</table> Page 1 of 1",
    lambda head, heads: f"{head}{heads}",
)
