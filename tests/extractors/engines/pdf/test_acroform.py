"""What is filled into a form's fields is read, of every kind, and where it stands on the page as shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractors.engines import refusals
from keywright.findings import Finding
from keywright.model.reading import Control, Reading
from tests.extractors.engines import papers
from tests.extractors.engines.papers import field, states

Read = Callable[[bytes], Reading]
PAPER = papers.pdf(papers.letter)
AT = (100, 500, 300, 520)


def _control(reading: Reading, name: str) -> Control:
    (control,) = [control for control in reading.controls if control.name == name]
    return control


def test_a_text_field_is_read_with_its_full_name_and_its_place(read_bytes: Read) -> None:
    kid = field("street", "/Tx", AT, V="12 Quay Street")
    reading = read_bytes(papers.with_fields(PAPER, field("applicant", Kids=[kid])))
    control = _control(reading, "applicant.street")
    assert control.value == "12 Quay Street"
    assert control.kind == "text"
    assert control.box is not None
    assert (control.box.page, control.box.left, control.box.right) == (1, 100, 300)
    assert control.box.top == pytest.approx(papers.HEIGHT - 520, abs=0.1)
    assert reading.engines == ("acroform", "text-layer")


def test_a_value_kept_in_the_parent_field_is_the_widgets_value(read_bytes: Read) -> None:
    places = [field(at=(100, 500, 300, 520)), field(at=(100, 400, 300, 420))]
    reading = read_bytes(papers.with_fields(PAPER, field("roll", "/Tx", V="1905-030", Kids=places)))
    assert _control(reading, "roll").value == "1905-030"


def test_a_kind_and_a_value_are_inherited_from_far_above(read_bytes: Read) -> None:
    reading = read_bytes(papers.with_fields(PAPER, field("site", "/Tx", V="Lot 7", Kids=[field("lot", at=AT)])))
    assert _control(reading, "site.lot").value == "Lot 7"


def test_a_tick_box_holds_its_own_on_state_while_ticked_and_nothing_while_not(read_bytes: Read) -> None:
    content = papers.with_fields(
        PAPER,
        field("new", "/Btn", AT, AS="/Oui", V="/Oui", AP=states("Oui")),
        field("demolition", "/Btn", AT, AS="/Off", V="/Off", AP=states("Oui")),
        field("never touched", "/Btn", AT, AP=states("1")),
        field("set by a program", "/Btn", AT, V="/Yes", AP=states("Yes")),
        field("with blank", "/Btn", AT, AS="/not#20yet", V="/not#20yet", AP=states("not#20yet")),
    )
    values = {control.name: control.value for control in read_bytes(content).controls}
    assert values == {
        "new": "Oui",
        "demolition": "",
        "never touched": "",
        "set by a program": "Yes",
        "with blank": "not yet",
    }


def test_boxes_that_share_a_name_are_told_apart_by_their_places(read_bytes: Read) -> None:
    kids = [
        field(at=(100, 500, 110, 510), AS="/Off", AP=states("owner")),
        field(at=(200, 500, 210, 510), AS="/agent", AP=states("agent")),
    ]
    reading = read_bytes(papers.with_fields(PAPER, field("applicant", "/Btn", V="/agent", Kids=kids)))
    assert [(c.value, c.box and c.box.left) for c in reading.controls] == [("", 100), ("agent", 200)]


def test_radio_buttons_are_one_control_with_the_pressed_buttons_state(read_bytes: Read) -> None:
    kids = [
        field(at=(100, 500, 110, 510), AS="/Off", AP=states("owner")),
        field(at=(200, 500, 210, 510), AS="/agent", AP=states("agent")),
    ]
    radio = field("applicant", "/Btn", Ff=1 << 15, V="/agent", Kids=kids)
    control = _control(read_bytes(papers.with_fields(PAPER, radio)), "applicant")
    assert (control.value, control.kind) == ("agent", "radio")
    assert control.box is not None and control.box.left == 200


def test_radio_buttons_numbered_by_a_program_are_called_by_their_options(read_bytes: Read) -> None:
    kids = [
        field(at=(100, 500, 110, 510), AS="/Off", AP=states("0")),
        field(at=(200, 500, 210, 510), AS="/1", AP=states("1")),
    ]
    radio = field("use", "/Btn", Ff=1 << 15, V="/1", Opt=["residential", "commercial"], Kids=kids)
    assert _control(read_bytes(papers.with_fields(PAPER, radio)), "use").value == "commercial"


def test_a_choice_is_read_as_it_is_shown(read_bytes: Read) -> None:
    content = papers.with_fields(
        PAPER,
        field("province", "/Ch", AT, V="ON", Opt=[["ON", "Ontario"], ["QC", "Quebec"]]),
        field("trades", "/Ch", AT, V=["roofing", "plumbing"], Opt=["roofing", "plumbing", "masonry"]),
    )
    reading = read_bytes(content)
    assert _control(reading, "province").value == "Ontario"
    assert _control(reading, "trades").value == "roofing\nplumbing"


def test_a_comb_field_is_its_digits_without_gaps(read_bytes: Read) -> None:
    comb = field("bcin", "/Tx", AT, V="104221", Ff=1 << 24, MaxLen=6)
    assert _control(read_bytes(papers.with_fields(PAPER, comb)), "bcin").value == "104221"


def test_push_buttons_hold_nothing_and_are_left_out(read_bytes: Read) -> None:
    content = papers.with_fields(PAPER, field("print", "/Btn", AT, Ff=1 << 16), field("a", "/Tx", AT, V="b"))
    assert [control.name for control in read_bytes(content).controls] == ["a"]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_field_stands_on_the_page_as_it_is_read_not_as_it_is_marked(read_bytes: Read, degrees: int) -> None:
    content = papers.with_fields(PAPER, field("name", "/Tx", AT, V="Ada"))
    plain = _control(read_bytes(content), "name").box
    turned = _control(read_bytes(papers.rotated(content, degrees)), "name").box
    assert plain is not None and turned is not None
    assert turned.left == pytest.approx(plain.left, abs=0.1)
    assert turned.top == pytest.approx(plain.top, abs=0.1)


def test_a_field_on_a_page_without_print_follows_the_pages_mark(read_bytes: Read) -> None:
    content = papers.rotated(papers.with_fields(papers.pdf(papers.nothing), field("name", "/Tx", AT, V="Ada")), 90)
    box = _control(read_bytes(content), "name").box
    assert box is not None
    assert (box.left, box.top) == pytest.approx((500, 100), abs=0.1)
    assert (box.width, box.height) == pytest.approx((20, 200), abs=0.1)


def test_an_xfa_form_that_only_adobe_can_show_is_refused_by_name(refusal: Callable[..., Finding]) -> None:
    content = papers.with_fields(PAPER, xfa=b"<xfa:datasets/>", dynamic=True)
    finding = refusal(content)
    assert finding.rule == refusals.XFA
    assert "XFA" in finding.message and "print it to PDF" in finding.message


def test_an_xfa_form_whose_values_are_not_in_its_fields_is_not_read_as_blank(
    refusal: Callable[..., Finding],
) -> None:
    data = b"<xfa:datasets><data><name>Ada</name></data></xfa:datasets>"
    content = papers.with_fields(PAPER, field("name", "/Tx", AT), xfa=data)
    assert refusal(content).rule == refusals.XFA


def test_an_xfa_form_that_keeps_its_fields_filled_is_read_from_them(read_bytes: Read) -> None:
    data = b"<xfa:datasets><data><name>Ada</name></data></xfa:datasets>"
    content = papers.with_fields(PAPER, field("name", "/Tx", AT, V="Ada"), xfa=data)
    assert _control(read_bytes(content), "name").value == "Ada"


def test_a_field_that_is_its_own_grandchild_does_not_hang_the_reader(read_bytes: Read) -> None:
    content = papers.raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length 44 >>\nstream\nBT /F 12 Tf 72 700 Td (A form in a loop) Tj ET\nendstream",
        b"<< /T (round) /FT /Tx /Kids [6 0 R] >>",
        b"<< /T (about) /Parent 5 0 R /Kids [5 0 R] >>",
    )
    assert "A form in a loop" in read_bytes(content).text()
