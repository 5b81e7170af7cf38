"""A screen's controls are found by label or place, filled, and read back."""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from keywright.errors import Refer, Retry, Stop
from keywright.model.target_system import take_no_note
from systems.web.browser.browser import Dialogs, faults_of, find_browser, fresh_page
from systems.web.screen.formats import Format, read_amount
from systems.web.screen.screen import Cell, Labelled, Screen

FORM = """<form action="about:blank"><table>
<tr><td><label for="v">Vendor</label></td><td><input id="v" maxlength="10"></td></tr>
<tr><td>Due Date</td><td><input type="hidden" name="h"><input id="due"></td></tr>
<tr><td>Owner's "name"</td><td><input id="q"></td></tr>
<tr><td>Currency</td><td><select id="c"><option>CAD<option>US  Dollar</select></td></tr>
<tr><td>Applicant is</td><td><input type="radio" name="r" id="r1" checked> Owner
 <input type="radio" name="r" id="r2"> Agent</td></tr>
<tr><td>New home</td><td><input type="checkbox" id="n"></td></tr>
<tr><td>Sum</td><td><input id="s"></td></tr>
<tr><td>Notes</td><td><textarea id="t"></textarea></td></tr>
</table>
<table><tr><td colspan="2">C. Applicant</td></tr><tr><td>Name</td><td><input id="a"></td></tr></table>
<table><tr><td colspan="2">D. Owner</td></tr><tr><td>Name</td><td><input id="o"></td></tr></table>
<table><tr><th>Description</th><th>Amount</th></tr><tr><td><input></td><td><input id="m1"></td></tr>
<tr><td><input></td><td><input id="m2"></td></tr></table></form>"""


KINDS = ("input", "change")


@pytest.fixture
def screen(page: Page) -> Screen:
    page.set_content(FORM)
    return Screen("Test hall", page.main_frame, Format("%m-%d-%Y"), note=take_no_note)


def held(screen: Screen, control: str) -> str:
    return screen.frame.locator(control).input_value()


def test_each_kind_of_control_is_filled_in_the_systems_own_format(screen: Screen) -> None:
    screen.text("Vendor", "Müller Co")
    screen.date("Due Date", dt.date(2026, 2, 11))
    screen.amount("Sum", Decimal("1250"))
    screen.select("Currency", "US Dollar")
    screen.radio("Applicant is", "Agent")
    screen.checkbox("New home", True)
    screen.text("Notes", "one\r\ntwo")
    screen.confirm()
    assert [held(screen, selector) for selector in ("#v", "#due", "#s", "#t")] == [
        "Müller Co",
        "02-11-2026",
        "1250.00",
        "one\ntwo",
    ]
    assert screen.frame.locator("#r2").is_checked()
    assert screen.frame.locator("#n").is_checked()


def test_many_texts_are_typed_all_at_once_in_the_systems_own_format_and_the_page_s_own_scripts_see_each(
    screen: Screen,
) -> None:
    screen.frame.evaluate(
        """kinds => { window.heard = [];
        for (const kind of kinds) addEventListener(kind, e => heard.push(`${kind} ${e.target.id}`), true) }""",
        KINDS,
    )
    screen.fill({"Vendor": "Müller", "Due Date": dt.date(2026, 2, 11), "Sum": Decimal("1250"), "Notes": "one\r\ntwo"})
    screen.confirm()
    assert [held(screen, selector) for selector in ("#v", "#due", "#s", "#t")] == [
        "Müller",
        "02-11-2026",
        "1250.00",
        "one\ntwo",
    ]
    assert screen.frame.evaluate("heard") == [
        f"{kind} {selector}" for selector in ("v", "due", "s", "t") for kind in KINDS
    ]


def test_what_one_of_many_controls_does_not_take_is_referred_with_both_values(screen: Screen) -> None:
    with pytest.raises(Refer, match="takes 10 characters, and this has 11"):
        screen.fill({"Sum": Decimal("1"), "Vendor": "12345678901"})
    assert held(screen, "#s") == ""
    screen.frame.evaluate("void document.querySelector('#v').addEventListener('change', e => e.target.value = 'ABC')")
    with pytest.raises(Refer, match="“abd” at 'Vendor': it shows “ABC” instead"):
        screen.fill({"Sum": Decimal("1"), "Vendor": "abd"})


def test_a_control_is_found_by_its_place_where_its_label_is_not_enough(screen: Screen) -> None:
    screen.text(Labelled("Name", under="D. Owner"), "Zoë")
    screen.amount(Cell("Amount", 2), Decimal("7.5"))
    screen.text('Owner\'s "name"', "O'Brien")
    assert [held(screen, selector) for selector in ("#a", "#o", "#m1", "#m2", "#q")] == [
        "",
        "Zoë",
        "",
        "7.50",
        "O'Brien",
    ]


def test_two_controls_with_the_same_label_stop_the_robot(screen: Screen) -> None:
    with pytest.raises(Stop, match="2 times a control at 'Name'"):
        screen.text("Name", "Zoë")
    assert held(screen, "#a") == held(screen, "#o") == ""


def test_a_control_that_is_no_longer_there_stops_the_robot_and_is_named(screen: Screen) -> None:
    with pytest.raises(Stop, match="no longer has a control at 'Cost centre'"):
        screen.text("Cost centre", "12")


def test_a_text_that_is_too_long_is_refused_before_it_is_cut_off(screen: Screen) -> None:
    with pytest.raises(Refer, match="takes 10 characters, and this has 11"):
        screen.text("Vendor", "12345678901")
    assert held(screen, "#v") == ""


def test_an_option_that_is_not_offered_is_referred_with_those_that_are(screen: Screen) -> None:
    with pytest.raises(Refer, match="“EUR” at 'Currency': it offers “CAD”, “US Dollar”"):
        screen.select("Currency", "EUR")
    with pytest.raises(Refer, match="no such button"):
        screen.radio("Applicant is", "Nobody")


def test_a_control_that_changes_what_is_typed_is_referred_with_both_values(screen: Screen) -> None:
    screen.frame.evaluate("void document.querySelector('#v').addEventListener('input', e => e.target.value = 'ABC')")
    with pytest.raises(Refer, match="“abd” at 'Vendor': it shows “ABC” instead") as referred:
        screen.text("Vendor", "abd")
    assert not referred.value.finding.acceptable


@pytest.mark.parametrize(
    "late",
    ["#v').value = ''", "#c').selectedIndex = 0", "#n').checked = false", "#r1').checked = true"],
)
def test_a_value_that_is_wiped_after_it_was_typed_is_noticed_before_posting(screen: Screen, late: str) -> None:
    screen.text("Vendor", "Acme")
    screen.select("Currency", "US Dollar")
    screen.checkbox("New home", True)
    screen.radio("Applicant is", "Agent")
    screen.confirm()
    screen.frame.evaluate(f"document.querySelector('{late}")
    with pytest.raises(Refer, match="instead"):
        screen.confirm()


def test_an_amount_written_back_another_way_is_the_same_amount(screen: Screen) -> None:
    screen.amount("Sum", Decimal("1250.00"))
    screen.frame.locator("#s").fill("1,250.00")
    screen.confirm()
    screen.frame.locator("#s").fill("1.25")
    with pytest.raises(Refer, match=r"“1250\.00” at 'Sum': it shows “1\.25” instead"):
        screen.confirm()


def test_an_amount_with_parts_of_a_cent_is_never_rounded(screen: Screen) -> None:
    with pytest.raises(Refer, match=r"10\.005"):
        screen.amount("Sum", Decimal("10.005"))


@pytest.fixture
def upload(page: Page) -> Screen:
    page.set_content(
        "<table><tr><td>Site plan</td><td><input type=file name=plan accept='.pdf,.PNG'></td></tr>"
        "<tr><td>Anything</td><td><input type=file name=any style='display:none'><button>Browse</button></td></tr>"
        "</table>"
    )
    return Screen("Test hall", page.main_frame, Format("%m-%d-%Y"), note=take_no_note)


def test_a_file_is_attached_and_its_name_and_size_are_read_back(upload: Screen, tmp_path: Path) -> None:
    plan = tmp_path / "Plan é 1.pdf"
    plan.write_bytes(b"%PDF-1.4 twelve")
    for place in ("Site plan", "Anything"):
        upload.attachment(place, plan)
        assert upload.content(place) == "Plan é 1.pdf (15 bytes)"
    upload.confirm()


def test_a_file_of_a_kind_that_the_control_drops_is_referred(upload: Screen, tmp_path: Path) -> None:
    plan = tmp_path / "plan.docx"
    plan.write_bytes(b"x")
    with pytest.raises(Refer, match=r"“plan\.docx” at 'Site plan': it takes files ending in \.pdf,\.PNG"):
        upload.attachment("Site plan", plan)
    assert upload.content("Site plan") == ""


def test_a_file_that_got_lost_before_the_post_is_noticed(upload: Screen, tmp_path: Path) -> None:
    plan = tmp_path / "plan.png"
    plan.write_bytes(b"x")
    upload.attachment("Site plan", plan)
    upload.frame.evaluate("() => { document.querySelector('[name=plan]').value = '' }")
    with pytest.raises(Refer, match=r"“plan\.png \(1 bytes\)” at 'Site plan': it shows “” instead"):
        upload.confirm()


def test_a_locked_control_is_referred_at_once(screen: Screen) -> None:
    screen.frame.evaluate("() => { document.querySelector('#v').readOnly = true }")
    with pytest.raises(Refer, match="at 'Vendor': it is locked there"):
        screen.text("Vendor", "Acme")


def test_a_control_is_filled_only_in_the_way_of_its_kind(screen: Screen) -> None:
    with pytest.raises(Stop, match=r"the list 'Currency'.* at 'Currency', which is filled another way"):
        screen.text("Currency", "CAD")
    with pytest.raises(Stop, match=r"the box 'Vendor'.* at 'Vendor', which is filled another way"):
        screen.checkbox("Vendor", True)


def test_a_list_that_offers_an_option_twice_is_referred(screen: Screen) -> None:
    screen.frame.evaluate("() => document.querySelector('#c').add(new Option('CAD 2'), 0)")
    screen.frame.evaluate("() => { document.querySelector('#c').options[1].text = 'CAD 2' }")
    screen.frame.evaluate("() => { document.querySelector('#c').selectedIndex = 2 }")
    with pytest.raises(Refer, match="“CAD 2” at 'Currency': it offers “CAD 2”, “CAD 2”"):
        screen.select("Currency", "CAD 2")


def test_a_value_that_the_system_will_replace_is_read_back_once_and_not_confirmed(screen: Screen) -> None:
    screen.text("Vendor", "V1006", verbatim=False)
    screen.frame.locator("#v").fill("Acme Ltd.")
    screen.confirm()
    assert screen.content("Vendor") == "Acme Ltd."


def test_a_page_that_does_not_answer_is_tried_again(screen: Screen) -> None:
    screen.frame.page.set_default_navigation_timeout(200)
    with pytest.raises(Retry, match="did not answer 'Save' in time"), screen.answer("'Save'"):
        pass


def test_a_dialog_is_answered_no_and_kept_and_leaving_a_page_is_allowed(page: Page) -> None:
    dialogs = Dialogs(page)
    page.set_content("<script>window.onbeforeunload = e => { e.preventDefault(); return 'Sure?' }</script><input>")
    page.locator("input").fill("touched")
    assert page.evaluate("confirm('Post it twice?')") is False
    page.goto("about:blank")
    assert page.url == "about:blank"
    assert dialogs.questions == ["Post it twice?"]


def test_a_browser_that_dies_is_a_retry(browser: Browser) -> None:
    with (
        pytest.raises(Retry, match="was lost while typing"),
        faults_of("Test hall", "typing"),
        fresh_page(browser) as page,
    ):
        page.close()
        page.evaluate("1")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1,250.00", "1250.00"), ("(50.50)", "-50.50"), ("-0.99", "-0.99"), ("1250", "1250"), ("0.00", "0")],
)
def test_an_amount_is_read_as_the_system_shows_it(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "$5.00", "1.250,00", "12,50", "(5.00", "5.00 CR", "1 250.00"])
def test_what_is_not_surely_an_amount_is_none(text: str) -> None:
    assert read_amount(text) is None


def test_the_browser_that_the_setting_names_is_used_and_a_wrong_name_is_told(tmp_path: Path) -> None:
    own = tmp_path / "browser"
    own.touch(mode=0o755)
    assert find_browser(Path("/none"), str(own)) == own
    with pytest.raises(Stop, match="KEYWRIGHT_BROWSER='/no/such/browser' is not a file"):
        find_browser(own, "/no/such/browser")


def test_without_a_setting_playwrights_own_browser_comes_before_debians(tmp_path: Path) -> None:
    own = tmp_path / "browser"
    own.touch(mode=0o755)
    assert find_browser(own, "") == own
    assert os.access(find_browser(Path("/none"), ""), os.X_OK)
