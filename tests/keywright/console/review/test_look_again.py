"""Looking again: a robot is sent to look for what it posted, and to do nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from keywright.cases import casebook, keying_attempts, work_queue
from keywright.database.models import LedgerEntry, StoredCase
from keywright.findings import Finding, Kind
from keywright.model.case import Case, State
from tests.keywright.console.desk import BOT, UNSURE, referred
from tests.keywright.console.pages import decide, form_of, parsed, text_of
from tests.keywright.papers import LEASE

NOT_SHOWN = Finding(
    keying_attempts.NOT_SHOWN, "V-7 was posted into town-hall, and it does not show it.", (), Kind.UNCERTAIN
)


def buttons(client: Client, case: Case, language: str = "en") -> list[str]:
    page = client.get(f"/cases/{case.id}/review/", HTTP_ACCEPT_LANGUAGE=language).content
    return [str(label) for label in parsed(page).xpath("//button[@name='decision' and @value='look-again']/text()")]


@pytest.mark.usefixtures("database")
def test_the_next_run_gets_the_case_where_it_stood_before_its_keying(signed_in: Callable[..., Client]) -> None:
    maria, case = signed_in("maria", "clerk"), referred(findings=(NOT_SHOWN,))

    decide(maria, case, "look-again", form_of(maria, case))

    again = work_queue.claim(BOT, "robot", LEASE)
    assert again is not None
    assert (again.id, again.state, again.settled) == (case.id, State.KEYING, ())
    (entry,) = LedgerEntry.objects.filter(event="look-again-asked")
    assert (entry.actor, entry.body["findings"][0]["rule"]) == ("maria", keying_attempts.NOT_SHOWN)


def test_only_a_case_in_doubt_has_the_button_and_in_french_too(maria: Client) -> None:
    assert buttons(maria, referred("a.pdf", findings=(NOT_SHOWN,))) == ["Search again"]
    assert buttons(maria, referred("b.pdf", findings=(NOT_SHOWN,)), "fr") == ["Chercher de nouveau"]
    assert buttons(maria, referred("c.pdf", findings=(UNSURE,))) == []


def test_a_case_that_is_not_in_doubt_is_not_sent_to_look(maria: Client) -> None:
    case = referred(findings=(UNSURE,))

    decide(maria, case, "look-again", form_of(maria, case))

    assert casebook.get(case.id).state is State.REFERRED


@pytest.mark.usefixtures("database")
def test_a_failed_case_that_cannot_be_read_back_is_shown_and_is_read_afresh(signed_in: Callable[..., Client]) -> None:
    case, it = referred(), signed_in("ian", "it")
    StoredCase.objects.filter(pk=int(case.id)).update(state=State.FAILED, extraction={"fields": 7})

    assert "gravel.pdf" in text_of(it.get(f"/cases/{case.id}/").content)
    it.post(f"/cases/{case.id}/again/")

    again = casebook.get(case.id)
    assert (again.state, again.extraction) == (State.RECEIVED, None)
