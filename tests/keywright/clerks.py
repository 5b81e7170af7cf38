"""Clerks, and cases that wait for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.contrib.auth.models import Group, User

from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.database.models import StoredCase
from keywright.findings import Finding
from keywright.model.case import Case, State
from keywright.model.reading import DrawnPage
from keywright.review.filters import Filters, Reader, chosen_rows
from tests.keywright.papers import NUMBER, extraction, received

ODD = Finding("odd", "It looks odd.")
DAY = dt.timedelta(days=1)


def clerk(name: str, group: str = "clerk") -> User:
    person = User.objects.create(username=name)
    person.groups.add(Group.objects.get(name=group))  # the product makes the groups
    return person


def waiting(
    office: Office, content: bytes = b"an invoice", findings: Sequence[Finding] = (ODD,), pages: int = 0
) -> Case:
    """Return a case that was read, and referred with its pages drawn."""
    case = casebook.record_extraction(received(content), extraction(), [NUMBER], actor="robot")
    pictures = [(DrawnPage(number, 612, 792, b""), f"{number:064x}") for number in range(1, pages + 1)]
    casebook.keep_pictures(case, pictures)
    return casebook.refer(case, findings, actor="robot")


def row_of(case: Case) -> StoredCase:
    return StoredCase.objects.select_related("document", "claimed_by", "assigned_to").get(pk=int(case.id))


def handed_to(person: User) -> list[int]:
    """Return the numbers of the cases that the queue shows a person as handed over."""
    rows = StoredCase.objects.filter(state=State.REFERRED.value)
    chosen = chosen_rows(rows, Filters(view="handed"), Reader.of(person, personal=True))
    return list(chosen.values_list("pk", flat=True))
