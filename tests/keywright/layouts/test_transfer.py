"""A layout goes to another office as a file, and a file that somebody else made cannot do harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bots.supplier_invoices import bot
from keywright.database.layouts import LayoutVersion, LayoutWord, StoredLayout
from keywright.layouts import transfer
from keywright.model.case import State
from keywright.model.layout import LayoutState
from tests.keywright.layouts.drawn import drawn, quill_bill
from tests.keywright.layouts.earning import TrainingDesk, layout_of, rules

TYPES = {bot.reads.name}


@pytest.fixture
def file(desk: TrainingDesk) -> bytes:
    """An exported layout, in an office that knows none."""
    for month in (1, 2):
        desk.confirmed(desk.worked(drawn(quill_bill(month))))
    content = transfer.exported(StoredLayout.objects.get(), actor="it").encode()
    StoredLayout.objects.all().delete()
    return content


def changed(file: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    content = json.loads(file)
    change(content)
    return json.dumps(content).encode()


def test_an_imported_layout_is_learning_until_this_office_has_confirmed_it(desk: TrainingDesk, file: bytes) -> None:
    layout = transfer.imported(file, TYPES, actor="it")
    assert layout.state == LayoutState.LEARNING

    for month in (3, 4):
        case = desk.worked(drawn(quill_bill(month)))
        assert layout_of(case) == layout.pk
        assert "new-layout" in rules(case)
        desk.confirmed(case)

    layout.refresh_from_db()
    assert layout.state == LayoutState.TRUSTED
    assert desk.worked(drawn(quill_bill(5))).state is State.CHECKED


def test_a_file_that_says_its_layout_is_trusted_is_not_believed(desk: TrainingDesk, file: bytes) -> None:
    boasting = changed(file, lambda content: content["profile"].update(in_a_row=dict.fromkeys(["iban"], 99)))
    transfer.imported(changed(boasting, lambda content: content.update(state="trusted")), TYPES, actor="it")

    assert "new-layout" in rules(desk.worked(drawn(quill_bill(3))))


def test_the_same_file_is_put_on_file_once(desk: TrainingDesk, file: bytes) -> None:
    first, second = (transfer.imported(file, TYPES, actor="it") for _ in range(2))

    assert first == second
    assert StoredLayout.objects.count() == 1


def _with_rule(rule: object) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["profile"]["rules"].update(invoice_number=[[rule, 2, 0]])


def _with(**parts: object) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["profile"].update(parts)


HOSTILE: dict[str, Callable[[dict[str, Any]], object]] = {
    "another format": lambda content: content.update(format="keywright-layout/99"),
    "no profile": lambda content: content.pop("profile"),
    "an owner that is no list": lambda content: content.update(owner="everybody"),
    "another kind of document": lambda content: content.update(document_type="treaty"),
    "a shape that is a slow regular expression": _with(shapes={"invoice_number": "(a+)+b"}),
    "a shape that takes everything": _with(shapes={"invoice_number": ".*"}),
    "a shape that is no regular expression": _with(shapes={"invoice_number": "{{{"}),
    "a shape with a count that fills the memory": _with(shapes={"invoice_number": r"\d{1,999999999}" * 9}),
    "a shape whose counts are the wrong way round": _with(shapes={"invoice_number": r"\d{9,2}"}),
    "a shape that is matched in many ways": _with(shapes={"invoice_number": "[a-z]{1,99}" * 20}),
    "a rule of an unknown sort": _with_rule(["eval", "1+1"]),
    "a rule without its place": _with_rule(["right-of"]),
    "a rule that is no list": _with_rule(7),
    "rules that are no list": _with(rules={"invoice_number": 7}),
    "anchors that are no places": _with(anchors={"invoice": "here"}),
    "anchors of infinite places": _with(anchors={"invoice": [float("inf"), float("nan")]}),
    "anchors of too large places": _with(anchors={"invoice": [1e308, 1e308]}),
    "a place that no float can be": _with_rule(["from-left", "number", 10**400, 0]),
    "half a character": lambda content: content.update(sender="\ud800"),
    "counts that are no numbers": _with(documents="many"),
    "a count that is infinite": _with(documents=float("inf")),
    "constants that are no values": _with(constants={"iban": None}),
    "a profile that is a list": lambda content: content.update(profile=[1, 2, 3]),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_was_tampered_with_is_refused(
    desk: TrainingDesk, file: bytes, change: Callable[[dict[str, Any]], object]
) -> None:
    with pytest.raises(transfer.NotALayout):
        transfer.imported(changed(file, change), TYPES, actor="it")

    assert not StoredLayout.objects.exists() and not LayoutVersion.objects.exists() and not LayoutWord.objects.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[]", b"7", b'"text"', b"{}", b"[" * 100_000, b"\xff\xfe\x00", b"9" * 5_000_000, b"%PDF-1.7"],
    ids=["nothing", "null", "list", "number", "text", "empty", "nested", "no text", "huge", "pdf"],
)
def test_what_is_no_layout_is_refused(desk: TrainingDesk, content: bytes) -> None:
    with pytest.raises(transfer.NotALayout):
        transfer.imported(content, TYPES, actor="it")
