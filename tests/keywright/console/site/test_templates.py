"""What pages say is what their view found: no name is undefined, and none is given another meaning on the way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Engine
from django.test import Client

from keywright import console
from tests.keywright.console.conftest import SignedIn
from tests.keywright.console.desk import referred
from tests.keywright.console.pages import decide, form_of, text_of
from tests.keywright.console.walking import addresses, numbers_of_a_full_office

TEMPLATES = Path(console.__file__).parent / "templates"


def test_the_page_that_undoes_a_decision_says_what_was_decided(maria: Client) -> None:
    case = referred()
    decide(maria, case, "read-again", form_of(maria, case))
    assert "maria: Failed case restarted." in text_of(maria.get(f"/cases/{case.id}/undo/").content)


def test_what_the_layout_sets_has_names_that_no_page_uses() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")}
    layout = texts.pop(TEMPLATES / "console" / "layout.html")
    names = set(re.findall(r"{%[^%]* as (\w+) *%}", layout))
    assert names == {name for name in names if name.startswith("layout_")} != set()
    assert [path.name for path, text in texts.items() if "layout_" in text] == []


@pytest.mark.django_db
def test_no_page_shows_a_name_that_nothing_was_given_for(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    sue = signed_in("sue", "supervisor", "it", "clerk")
    numbers = numbers_of_a_full_office()
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "⟪%s⟫")
    undefined = {}
    for address in sorted(addresses(numbers)):
        response = sue.get(address, follow=True)
        if not response.streaming and (names := set(re.findall("⟪[^⟫]*⟫", response.content.decode(errors="replace")))):
            undefined[address] = names
    assert {name for names in undefined.values() for name in names} == set(), undefined
