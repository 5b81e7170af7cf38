"""On a changed screen a control is found again by strong evidence or not at all; a wrong one is never filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Frame, Page

from demo.town_hall import TownHall
from keywright.errors import Stop
from keywright.model.target_system import SignIn, take_no_note
from systems.town_hall.desks import AccountsPayable, PermitDesk
from systems.web.screen.fingerprint import ScreenShape, known
from systems.web.screen.formats import Format
from systems.web.screen.screen import Cell, Labelled, Screen
from systems.web.screen.survey import Survey
from tests.systems.rights import a_minute

DESK, PERMITS = "town-hall-payables", "town-hall-permits"
LABELS = {
    "Vendor": "vendor",
    "Invoice Number": "invoice_number",
    "Invoice Date": "invoice_date",
    "Due Date": "due_date",
    "PO Number": "po_number",
    "Notes": "notes",
}
CELL = "[...document.querySelectorAll('td.side')].find(each => each.textContent.trim() === {})"


class Notes:
    """What was put on record, and what a person says of it."""

    def __init__(self) -> None:
        self.told: list[Mapping[str, Any]] = []
        self.standing = "open"

    def __call__(self, system: str, screen: str, change: Mapping[str, Any]) -> str:
        self.told.append({"system": system, "screen": screen, **change})
        return self.standing


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def screen(desk_page: Page, hall: TownHall, notes: Notes) -> Screen:
    """The voucher form, as the town hall serves it, with what is on record of it."""
    form = next(AccountsPayable(desk_page, SignIn(hall.url, "clerk", "clerk-pw")).walk())
    return on_record(form, DESK, notes)


@pytest.fixture
def permit(desk_page: Page, hall: TownHall, notes: Notes) -> Screen:
    form = next(PermitDesk(desk_page, SignIn(hall.url, "clerk", "clerk-pw")).walk())
    return on_record(form, PERMITS, notes)


def on_record(form: Screen, system: str, notes: Notes) -> Screen:
    shape = known(system).screen(form.name)
    assert shape.marks
    return Screen(system, form.frame, Format("%m-%d-%Y"), name=form.name, shape=shape, note=notes)


def relabel(frame: Frame, *changes: tuple[str, str]) -> None:
    """Print other words beside controls, all at once."""
    frame.evaluate(
        """changes => {
            const cells = changes.map(([was]) =>
                [...document.querySelectorAll('td.side')].find(each => each.textContent.trim() === was));
            changes.forEach(([, now], n) => { (cells[n].querySelector('label') ?? cells[n]).textContent = now; });
        }""",
        [list(change) for change in changes],
    )


def held(frame: Frame) -> dict[str, str]:
    places: dict[str, str] = frame.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('input, textarea')]
            .filter(each => !['hidden', 'submit'].includes(each.type)).map(each => [each.name, each.value]))"""
    )
    return places


def test_a_screen_as_recorded_is_filled_without_a_word(screen: Screen, notes: Notes) -> None:
    for label in LABELS:
        screen.text(label, "X", verbatim=False)
    screen.amount(Cell("Amount", 1), Decimal("1.00"))
    assert notes.told == []
    assert {held(screen.frame)[name] for name in LABELS.values()} == {"X"}


@pytest.mark.parametrize("label", LABELS)
def test_a_control_whose_label_was_renamed_is_found_again_and_put_on_record(
    screen: Screen, notes: Notes, label: str
) -> None:
    relabel(screen.frame, (label, "Quite other words"))
    before = held(screen.frame)
    screen.text(label, "X")
    assert held(screen.frame) == before | {LABELS[label]: "X"}
    note = notes.told[0]
    assert (note["system"], note["screen"], note["strong"]) == (DESK, "Add AP Transaction", True)
    assert f"{label!r}" in note["was"]
    assert "'Quite other words'" in note["now"]
    assert note["agrees"] == ["name", "heading", "neighbours"]


def test_a_control_whose_name_was_changed_is_found_again_and_put_on_record(screen: Screen, notes: Notes) -> None:
    screen.frame.evaluate("() => { document.querySelector('[name=po_number]').name = 'field_17' }")
    screen.text("PO Number", "X")
    assert held(screen.frame)["field_17"] == "X"
    assert notes.told[0]["agrees"] == ["label", "heading", "neighbours"]


@pytest.mark.parametrize(("first", "second"), list(combinations(LABELS, 2)))
def test_two_labels_that_were_swapped_stop_the_robot_and_nothing_is_filled(
    screen: Screen, notes: Notes, first: str, second: str
) -> None:
    relabel(screen.frame, (first, second), (second, first))
    before = held(screen.frame)
    for label in (first, second):
        with pytest.raises(Stop, match="nothing settles it"):
            screen.text(label, "X")
    assert held(screen.frame) == before
    assert notes.told == []


def test_a_label_that_went_to_a_neighbour_stops_the_robot(screen: Screen) -> None:
    relabel(screen.frame, ("PO Number", "Invoice Number"), ("Invoice Number", "Reference"))
    before = held(screen.frame)
    with pytest.raises(Stop, match=r"may be the box 'Reference'.* or the box 'Invoice Number'"):
        screen.text("Invoice Number", "X")
    assert held(screen.frame) == before


@pytest.mark.parametrize("label", LABELS)
def test_a_control_that_was_removed_stops_the_robot_and_nothing_is_filled_in_its_place(
    screen: Screen, label: str
) -> None:
    screen.frame.evaluate("name => document.querySelector(`[name=${name}]`).closest('tr').remove()", LABELS[label])
    before = held(screen.frame)
    with pytest.raises(Stop, match=f"no longer has a control at '{label}': .* is gone"):
        screen.text(label, "X")
    assert held(screen.frame) == before


def test_a_column_that_lost_its_control_stops_the_robot_and_the_tax_below_is_not_taken_for_it(screen: Screen) -> None:
    screen.frame.evaluate("() => document.querySelector('[name=amount_1]').closest('tr').remove()")
    before = held(screen.frame)
    with pytest.raises(Stop, match="'Amount' in row 1"):
        screen.amount(Cell("Amount", 1), Decimal("5.00"))
    with pytest.raises(Stop, match="'Amount' in row 2"):
        screen.amount(Cell("Amount", 2), Decimal("5.00"))
    assert held(screen.frame) == before


def test_a_control_that_was_moved_is_found_again_and_put_on_record(permit: Screen, notes: Notes) -> None:
    permit.frame.evaluate(
        """() => {
            const row = document.querySelector('[name=owner_name]').closest('tr');
            [...document.querySelectorAll('td.sub')].at(-1).closest('table').tBodies[0].append(row);
        }"""
    )
    before = held(permit.frame)
    permit.text(Labelled("Name", under="D. Owner (if different from applicant)"), "Zoë")
    assert held(permit.frame) == before | {"owner_name": "Zoë"}
    assert notes.told[0]["agrees"] == ["label", "name"]


def test_a_control_among_others_of_its_name_is_found_again_where_only_its_label_changed(
    permit: Screen, notes: Notes
) -> None:
    permit.frame.evaluate("() => { document.querySelector('[for=builder_name]').textContent = 'Company' }")
    before = held(permit.frame)
    permit.text(Labelled("Name", under="E. Builder"), "Ann")
    assert held(permit.frame) == before | {"builder_name": "Ann"}
    assert len(notes.told) >= 1


def test_two_headings_that_were_swapped_stop_the_robot(permit: Screen) -> None:
    permit.frame.evaluate(
        """() => {
            const heads = [...document.querySelectorAll('td.sub')];
            const [c, d] = ['C.', 'D.'].map(letter => heads.find(each => each.textContent.startsWith(letter)));
            [c.textContent, d.textContent] = [d.textContent, c.textContent];
        }"""
    )
    before = held(permit.frame)
    for under in ("C. Applicant", "D. Owner (if different from applicant)"):
        with pytest.raises(Stop):
            permit.text(Labelled("Name", under=under), "X")
    assert held(permit.frame) == before


def test_a_control_of_another_kind_stops_the_robot_and_says_so(screen: Screen) -> None:
    screen.frame.evaluate(
        "() => { document.querySelector('[name=po_number]').outerHTML = '<select name=po_number><option>A</select>' }"
    )
    with pytest.raises(Stop, match=r"the box 'PO Number'.* is the list 'PO Number'.* now"):
        screen.text("PO Number", "A")


def test_a_control_that_a_person_rejected_is_not_filled(screen: Screen, notes: Notes) -> None:
    notes.standing = "rejected"
    relabel(screen.frame, ("PO Number", "Order"))
    with pytest.raises(Stop, match="a person said that it is a different control"):
        screen.text("PO Number", "X")
    assert held(screen.frame)["po_number"] == ""


def test_weak_evidence_waits_for_a_person(screen: Screen, notes: Notes) -> None:
    relabel(screen.frame, ("PO Number", "Order"))
    screen.frame.evaluate("() => { document.querySelector('[name=po_number]').name = 'order' }")
    with pytest.raises(Stop, match="a person must say whether it is the same control"):
        screen.text("PO Number", "X")
    assert held(screen.frame)["order"] == ""
    notes.standing = "accepted"
    screen.text("PO Number", "X")
    assert held(screen.frame)["order"] == "X"


def test_a_renamed_button_is_pressed_only_after_a_person_said_that_it_is_the_same(
    hall: TownHall, screen: Screen, notes: Notes
) -> None:
    screen.frame.evaluate("() => { document.querySelector('[value=Update]').value = 'Refresh' }")
    with pytest.raises(Stop, match=r"the button 'Update'.* is now the button 'Refresh'.*a person must say"):
        screen.press("Update")
    notes.standing = "accepted"
    screen.press("Update")
    assert screen.frame.locator("[value=Update]").count() == 1


def test_a_renamed_post_beside_a_new_button_stops_the_robot_and_nothing_is_posted(
    hall: TownHall, screen: Screen, notes: Notes
) -> None:
    notes.standing = "accepted"
    screen.frame.evaluate(
        """() => {
            const post = document.querySelector('[value=Post]');
            post.value = 'Book';
            post.insertAdjacentHTML('afterend', '<input type=submit name=action value=Delete>');
        }"""
    )
    with pytest.raises(Stop, match=r"may be the button 'Book'.* or the button 'Delete'"):
        screen.post("Post", a_minute)


def test_a_button_that_sends_something_else_stops_the_robot(page: Page, notes: Notes) -> None:
    page.set_content("<button name=act value=save>Save</button>")
    recorded = ScreenShape.of(Survey.of(page.main_frame))
    page.set_content("<button name=act value=delete>Save</button>")
    with pytest.raises(Stop, match="it sends 'delete' now"):
        Screen("Test", page.main_frame, Format("%Y"), shape=recorded, note=notes).press("Save")


@pytest.fixture
def slow(page: Page) -> Iterator[Screen]:
    page.set_content(
        "<script>setTimeout(() => document.body.innerHTML = '<label>City <input name=city></label>', 700)</script>"
    )
    yield Screen("Test", page.main_frame, Format("%Y"), note=take_no_note)


def test_a_control_that_comes_late_is_waited_for(slow: Screen) -> None:
    slow.text("City", "Guelph")
    assert held(slow.frame) == {"city": "Guelph"}
