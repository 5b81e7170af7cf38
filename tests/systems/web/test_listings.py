"""A list is read as it is displayed, counts as empty only where that is proven, and stops the robot otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, Route

from keywright.errors import Retry, Stop, Unproven
from keywright.model.target_system import take_no_note
from systems.town_hall.desks import AccountsPayable, PermitDesk
from systems.web.adapter.listing import Below, Listing, Says, counted, list_rows, rows_under
from systems.web.adapter.unexpected_pages import looking
from systems.web.screen.fingerprint import ScreenShape, known
from systems.web.screen.formats import Format
from systems.web.screen.screen import Screen

HEADS = "<tr><th>No.</th><th>Vendor</th><th>Invoice</th></tr>"
ROWS = "<tr><td>1</td><td>Roy Pumps</td><td>A-1</td></tr><tr><td>2</td><td>Côté Ltée</td><td>A-2</td></tr>"
FOUND = [["1", "Roy Pumps", "A-1"], ["2", "Côté Ltée", "A-2"]]
NONE = "No records found"
SAYS = Listing(name="Bills: list", columns=("No.", "Vendor", "Invoice"), empty=Says(NONE))
BARE = replace(SAYS, empty=Below("End of the list"))
COUNTED = replace(SAYS, counts="Showing {first} to {last} of {total}")


def window(page: Page, empty: str | None) -> Screen:
    """Return what a page shows as a screen; ``empty`` is what the probe saw of its empty list."""
    shape = ScreenShape(empty=empty)
    return Screen("window", page.main_frame, Format("%Y-%m-%d"), name="Bills", shape=shape, note=take_no_note)


def read(page: Page, html: str, listing: Listing = SAYS, recorded: str | None = "") -> list[list[str]]:
    """Return the rows of a list that a page shows; ``recorded`` is what the probe saw of the empty one."""
    page.set_content(html)
    empty = listing.empty.text if recorded == "" else recorded
    return list(list_rows(window(page, empty), listing))


@pytest.mark.parametrize(
    "table",
    [
        f"<table>{HEADS}{ROWS}</table>",
        f"<table><thead>{HEADS}</thead><tbody>{ROWS}</tbody></table>",
        f"<table><thead><tr><th colspan=3>Bills</th></tr>{HEADS}</thead><tfoot>{HEADS}</tfoot><tbody>{ROWS}</tbody>",
        f"<table><thead>{HEADS}{ROWS}</thead></table>",
        f"<table><thead>{HEADS.replace('th>', 'td>')}</thead><tbody>{ROWS}</tbody></table>",
        f"<table><tbody>{HEADS}</tbody><tbody>{ROWS}</tbody></table>",
        f"<table>{HEADS}{ROWS.replace('<tr><td>1</td>', '<tr><th scope=row>1</th>')}</table>",
        f"<table>{HEADS}<tr><td colspan=3>&nbsp;</td></tr>{ROWS}<tr><td colspan=3><hr></td></tr></table>",
        f"<table><tr><td>Menu</td><td><table><thead>{HEADS}</thead>{ROWS}</table></td></tr></table>",
        f"<table>{HEADS}{ROWS.replace('Roy Pumps', '<table><tr><td>Roy</td><td>Pumps</td></tr></table>')}</table>",
        f"<table>{HEADS}{ROWS.replace('A-1', '<i style=display:none>20260101</i>A-1')}</table>",
        f"<table style='display:none'>{HEADS}</table><table>{HEADS}{ROWS}</table>",
        f"<table><thead>{HEADS}<tr><th><input></th><th><input></th><th></th></tr></thead><tbody>{ROWS}</tbody></table>",
        "<div role=grid><div role=row>"
        + "".join(f"<span role=columnheader>{head}</span>" for head in SAYS.columns)
        + "</div>"
        + "".join(
            f"<div role=row>{''.join(f'<span role=gridcell>{cell}</span>' for cell in row)}</div>" for row in FOUND
        )
        + "</div>",
    ],
    ids=[
        *("plain", "thead", "thead-title-tfoot", "all-in-thead", "thead-of-td", "two-tbody", "row-head", "spacers"),
        *("nested-in-layout", "nested-in-cell", "hidden-sort-key", "hidden-twin", "filter-row", "role-grid"),
    ],
)
def test_a_list_is_read_in_whatever_form_it_is_written(page: Page, table: str) -> None:
    assert [[" ".join(cell.split()) for cell in row] for row in read(page, table)] == FOUND


@pytest.mark.parametrize(
    ("listing", "html"),
    [
        (SAYS, f"<p>{NONE}</p>"),
        (SAYS, f"<table><thead>{HEADS}</thead><tr><td colspan=3>{NONE} for A-9.</td></tr></table>"),
        (replace(SAYS, empty=Says("0 records")), f"<p>0 records</p><table>{HEADS}</table>"),
        (BARE, f"<table><thead>{HEADS}</thead><tbody></tbody></table><p>End of the list"),
        (replace(SAYS, empty=Below("")), f"<h1>Bills</h1><table>{HEADS}</table>"),
        (COUNTED, f"<table>{HEADS}</table>{NONE}. Showing 0 to 0 of 0"),
        (COUNTED, f"<table>{HEADS}<tr style='display:none'></tr></table>{NONE}"),
    ],
)
def test_a_list_is_empty_where_it_shows_what_this_system_shows_then(page: Page, listing: Listing, html: str) -> None:
    assert read(page, html, listing) == []


@pytest.mark.parametrize(
    ("listing", "html", "words"),
    [
        (SAYS, f"<table><thead>{HEADS}</thead></table>", "where it shows 'No records found' when nothing was found"),
        (SAYS, "<h1>Bills</h1><p>The system is down for maintenance.</p>", "shows 'Bills The system is down"),
        (SAYS, f"<p style='display:none'>{NONE}</p><table>{HEADS}</table>", "where it shows"),
        (SAYS, f"<p>{NONE}</p><table>{HEADS}{ROWS}</table>", "lists 2 records and says"),
        (replace(SAYS, empty=Says("0 records")), f"<p>10 records</p><table>{HEADS}</table>", "where it shows"),
        (SAYS, f"<table>{HEADS}{ROWS}</table><table>{HEADS}</table>", "2 lists with the columns"),
        (SAYS, f"<table>{HEADS.replace('Invoice', 'Bill')}{ROWS}</table>", "lists No., Vendor, Bill where"),
        (
            SAYS,
            f"<table>{HEADS}{ROWS}<tr><td>3</td><td>X</td></tr></table>",
            "1 rows that cannot be read, such as '3 X'",
        ),
        (SAYS, f"<table>{HEADS}{ROWS}<tr><td colspan=3>More on request</td></tr>", "rows that cannot be read"),
        (SAYS, f"<table>{ROWS}{HEADS}</table><p>{NONE}", "rows that cannot be read"),
        (SAYS, f"<table>{HEADS}<tr><td rowspan=2>1</td><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>", "read"),
        (SAYS, f"<table>{HEADS}{ROWS}<tr style='height:4000px'><td colspan=3></td></tr></table>", "cannot be read"),
        (SAYS, f"<table role=grid aria-rowcount=90>{HEADS}{ROWS}</table>", "draws only a part of its list"),
        (SAYS, f"<table>{HEADS}{ROWS}</table><button>Next</button>", "more behind the button 'Next'"),
        (BARE, f"<table>{HEADS}</table><p>Recently viewed</p>", "shows 'Recently viewed' below its headings"),
        (BARE, f"<table>{HEADS}</table><table>{ROWS}</table>End of the list", "Roy Pumps A-1 2 Côté"),
        (BARE, f"<table>{HEADS}", "shows 'nothing' below its headings"),
        (COUNTED, f"<table>{HEADS}{ROWS}</table>Showing 1 to 3 of 3", "last 3 where 2 was read"),
        (COUNTED, f"<table>{HEADS}{ROWS}</table>Showing 1 to 2 of 23", "total 23 where 2 was read"),
        (COUNTED, f"<table>{HEADS}{ROWS}</table>", "does not show 'Showing {first}"),
        (COUNTED, f"<table>{HEADS}</table>{NONE}. Showing 0 to 0 of 23", "total 23 where 0 was read"),
    ],
)
def test_what_neither_shows_a_record_nor_proves_that_there_is_none_stops_the_robot(
    page: Page, listing: Listing, html: str, words: str
) -> None:
    with pytest.raises(Unproven, match="nothing is entered") as stopped:
        read(page, html, listing)
    assert words in str(stopped.value)


def bare_row(*cells: str, style: str = "") -> str:
    """Return a list whose only row has these cells, above what its empty list shows."""
    drawn = f"{style}<table><thead>{HEADS}</thead><tbody><tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    return f"{drawn}</tbody></table>Page 1 of 1"


def shadow(words: str, mode: str = "open") -> str:
    """Return a page whose list has one row with words in a shadow root."""
    draws = f"document.querySelector('x-id').attachShadow({{mode: '{mode}'}}).innerHTML = '{words}'"
    return bare_row("<x-id></x-id>", "", "") + f"<script>{draws}</script>"


ONE_PAGE = replace(SAYS, empty=Below("Page 1 of 1"), counts="Page {page} of {pages}")


@pytest.mark.parametrize(
    ("html", "row"),
    [
        (bare_row("<input value=V-1>", "<input value=Roy>", "<input value=A-1>"), ["V-1", "Roy", "A-1"]),
        (bare_row("<input type=submit value=V-1>", "", ""), ["V-1", "", ""]),
        (bare_row("<button>V-1</button>", "<img alt=Roy>", "x"), ["V-1", "", "x"]),
        (bare_row("<select><option>V-0<option selected>V-1</select>", "", ""), ["V-1", "", ""]),
        (bare_row("<textarea>V-1</textarea>", "<input type=checkbox>", ""), ["V-1", "", ""]),
        (shadow("V-1"), ["V-1", "", ""]),
        (bare_row("<input value=V-1>", "", "").replace("<tr><td>", "<tr style='display:none'><td>"), ["V-1", "", ""]),
        (bare_row("1", "<i class=fa></i>", "2", style="<style>.fa::before { content: '+' }</style>"), ["1", "", "2"]),
    ],
    ids=["boxes", "submit-buttons", "buttons", "select", "textarea", "shadow-root", "hidden-boxes", "icon-in-a-cell"],
)
def test_what_controls_hold_is_what_a_row_says(page: Page, html: str, row: list[str]) -> None:
    assert read(page, html, ONE_PAGE) == [row]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (bare_row("<input>", "<input>", "<button>Add</button>"), "rows that cannot be read, such as 'Add'"),
        (bare_row("<input>", "<input>", ""), "such as '(a row of empty boxes)'"),
        (bare_row("<input type=checkbox>", "", ""), "such as '(a row without words)'"),
        (bare_row("<img width=60 height=20>", "", ""), "such as '(a row without words)'"),
        (bare_row("<canvas></canvas>", "Roy", "A-1"), "such as 'Roy A-1'"),
        (bare_row("<object></object>", "<embed>", "<video></video>"), "'(a row without words)'"),
        (bare_row("<i data-no=V-1></i>", "", "", style="<style>i::before { content: attr(data-no) }</style>"), "rows"),
        (bare_row("<b></b>", "", "", style="<style>td:first-child::after { content: 'V-1' }</style>"), "rows"),
        (shadow("V-1", mode="closed"), "'(a row without words)'"),
        (f"<table>{HEADS}</table><iframe srcdoc='V-1'></iframe>Page 1 of 1", "cannot be read: iframe"),
        (f"<table>{HEADS}</table><object width=9 height=9></object>Page 1 of 1", "cannot be read: object"),
        (f"<table>{HEADS}</table><p><img width=99 height=99></p>Page 1 of 1", "cannot be read: img"),
        (f"<table>{HEADS}</table><canvas></canvas>Page 1 of 1", "cannot be read: canvas"),
        (f"<style>p::after {{ content: 'V-1 Roy' }}</style><table>{HEADS}</table><p></p>Page 1 of 1", "be read: p"),
        (f"<table>{HEADS}</table><input value=V-1>Page 1 of 1", "'V-1 Page 1 of 1' below its headings"),
    ],
)
def test_what_is_drawn_and_holds_no_words_never_counts_as_nothing(page: Page, html: str, words: str) -> None:
    with pytest.raises(Unproven) as stopped:
        read(page, html, ONE_PAGE)
    assert words in str(stopped.value)


def test_icons_and_rules_of_an_empty_list_are_no_records(page: Page) -> None:
    heads = HEADS.replace("No.", "No.<img width=9 height=9>")
    hidden = "<iframe style='display:none'></iframe><img width=1 height=1><i class=fa></i>"
    style = "<style>.fa::before { content: '\\f00c' } .row::after { content: ''; display: table }</style>"
    html = f"{style}<img width=90 height=30><table class=row>{heads}<tr class=row><td colspan=3><hr></table>{hidden}"
    assert read(page, f"{html}Page 1 of 1", ONE_PAGE) == []


@pytest.mark.parametrize(
    ("listing", "words"),
    [(COUNTED, "Showing 1 to 9 of 9 Road"), (SAYS, f"Re: {NONE}"), (SAYS, NONE), (ONE_PAGE, "Page 1 of 9 Road")],
)
def test_what_a_record_says_is_never_taken_for_what_the_system_says(page: Page, listing: Listing, words: str) -> None:
    rows = ROWS.replace("Roy Pumps", words)
    html = f"<table>{HEADS}{rows}</table>Showing 1 to 2 of 2. Page 1 of 1"
    assert [row[1] for row in read(page, html, listing)] == [words, "Côté Ltée"]


def test_what_was_asked_for_and_stands_in_a_box_is_not_what_the_system_says(page: Page) -> None:
    html = f"<input value='Showing 1 to 9 of 9 Road'><table>{HEADS}{ROWS}</table>Showing 1 to 2 of 2"
    assert read(page, html, COUNTED) == FOUND


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Showing 1 to 1 of 1 1", (1, 1, 1)),
        ("Showing 1 to 10 of 1,234 1 2 3", (1, 10, 1234)),
        ("Showing 1 to 10 of 1\u00a0234 entries", (1, 10, 1234)),
        ("Showing 1 to 10 of 12.345.", (1, 10, 12345)),
        ("Showing 1 to 2 of 2, 50 a page", (1, 2, 2)),
        ("Showing 1 to 2 of 2.5", None),
    ],
)
def test_a_number_ends_where_the_next_begins(text: str, numbers: tuple[int, ...] | None) -> None:
    counts = counted("Showing {first} to {last} of {total}", text)
    assert (counts and tuple(counts.values())) == numbers


@pytest.mark.parametrize("row", [f"<td></td><td>{NONE}.</td><td></td>", f"<td>{NONE}</td><td></td><td></td>"])
def test_a_row_that_only_says_that_nothing_was_found_is_no_record(page: Page, row: str) -> None:
    assert read(page, f"<table>{HEADS}<tr>{row}</tr></table>") == []
    assert read(page, f"<table>{HEADS}<tr>{row}</tr></table>Showing 0 to 0 of 0", COUNTED) == []
    with pytest.raises(Unproven, match="lists 2 records and says"):
        read(page, f"<table>{HEADS}<tr>{row}</tr>{ROWS}</table>")


def test_a_list_of_one_column_may_say_in_it_that_nothing_was_found(page: Page) -> None:
    listing = replace(SAYS, columns=("Bill",))
    assert read(page, f"<table><tr><th>Bill</th></tr><tr><td>{NONE}</td></tr></table>", listing) == []
    assert read(page, "<table><tr><th>Bill</th></tr><tr><td>A-1</td></tr></table>", listing) == [["A-1"]]


@pytest.mark.parametrize("recorded", [None, "Nothing here"])
def test_an_empty_list_is_proven_only_by_what_the_probe_has_seen(page: Page, recorded: str | None) -> None:
    with pytest.raises(Unproven, match=r"\./run probe window --record"):
        read(page, f"<p>{NONE}</p>", SAYS, recorded)


def test_a_list_that_has_nothing_to_say_when_it_is_empty_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="an empty text says nothing"):
        replace(SAYS, empty=Says(" "))


def test_rows_that_a_page_holds_and_hides_are_read_too_for_a_script_may_hide_what_is_looked_for(page: Page) -> None:
    hidden = ROWS.replace("<tr><td>2", "<tr style='display:none'><td>2")
    assert read(page, f"<table>{HEADS}{hidden}</table>") == FOUND


def test_declared_fillers_hold_no_record(page: Page) -> None:
    total = "<tr><td colspan=2>Total</td><td>2</td></tr>"
    assert read(page, f"<table>{HEADS}{ROWS}{total}</table>", replace(SAYS, fillers=("Total",))) == FOUND


@pytest.mark.parametrize("empty", [SAYS, replace(SAYS, empty=Below(""))], ids=["says", "below"])
def test_rows_that_a_script_draws_late_are_waited_for(page: Page, empty: Listing) -> None:
    script = f"setTimeout(() => document.querySelector('tbody').innerHTML = `{ROWS}`, 800)"
    html = f"<table><thead>{HEADS}</thead><tbody></tbody></table><script>{script}</script>"
    assert read(page, html, empty) == FOUND


def served(page: Page, rows: str, reply: str = "") -> Screen:
    """Open a page that fetches its rows, which come when they like; without an ``answer``, never."""

    def rows_later(route: Route) -> None:
        if reply:
            page.wait_for_timeout(1000)
            route.fulfill(body=reply)

    fetches = "fetch('/rows').then(async told => { document.querySelector('tbody').innerHTML = await told.text() })"
    html = f"<table><thead>{HEADS}</thead><tbody>{rows}</tbody></table><script>{fetches}</script>"
    page.route("http://window.test/list", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.route("http://window.test/rows", rows_later)
    page.goto("http://window.test/list", wait_until="domcontentloaded")
    return window(page, NONE)


def test_rows_that_are_still_being_fetched_are_waited_for_even_where_the_page_says_that_there_is_none(
    page: Page,
) -> None:
    assert list(list_rows(served(page, f"<tr><td colspan=3>{NONE}</td></tr>", ROWS), SAYS)) == FOUND


def test_a_page_that_never_comes_to_rest_is_not_read(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("systems.web.screen.tables.RESTLESS_S", 1.0)
    with pytest.raises(Retry, match="does not come to rest"):
        list(list_rows(served(page, f"<tr><td colspan=3>{NONE}</td></tr>"), SAYS))


def test_every_page_is_counted_and_a_page_without_rows_in_between_proves_nothing(page: Page) -> None:
    pages = {
        "1": f"<table>{HEADS}{ROWS}</table>Page 1 of 2 <a href=/2>Next »</a>",
        "2": f"<table>{HEADS}</table>Page 2 of 2",
        "3": f"<table>{HEADS}{ROWS}</table>Page 1 of 2",
    }
    page.route(
        "http://window.test/*",
        lambda route: route.fulfill(body=pages[route.request.url[-1]], content_type="text/html"),
    )
    listing = replace(SAYS, empty=Below("Page 1 of 1"), counts="Page {page} of {pages}")
    screen = window(page, "Page 1 of 1")
    for start in ("1", "3"):
        page.goto(f"http://window.test/{start}")
        with pytest.raises(Unproven):
            list(list_rows(screen, listing))


def test_a_list_that_proved_nothing_is_looked_at_once_more_before_the_robot_stops() -> None:
    looks: list[int] = []

    def look() -> str:
        looks.append(1)
        if len(looks) == 1:
            raise Unproven("The answer was cut short.")
        return "there"

    assert looking("window", look) == "there"


def test_lines_of_a_record_are_read_by_their_headings_and_a_row_that_cannot_be_read_stops(page: Page) -> None:
    screen = window(page, None)
    page.set_content(f"<table><thead>{HEADS}</thead><tbody>{ROWS}</tbody></table>")
    assert rows_under(screen, ("Invoice", "No.")) == [("A-1", "1"), ("A-2", "2")]
    page.set_content(f"<table><thead>{HEADS}</thead>{ROWS}<tfoot><tr><td colspan=2>Total</td><td>2</td></tr></tfoot>")
    assert len(rows_under(screen, ("Invoice", "No."), fillers=("Total",))) == 2
    with pytest.raises(Stop, match=r"a row that cannot be read, 'Total 2' under Invoice, No\. on 'Bills'"):
        rows_under(screen, ("Invoice", "No."))


@pytest.mark.parametrize("desk", [AccountsPayable, PermitDesk])
def test_what_the_desks_of_the_town_hall_declare_is_on_record(desk: type[AccountsPayable | PermitDesk]) -> None:
    listing = desk.listing
    assert known(desk.name).screen(listing.name).empty == listing.empty.text
