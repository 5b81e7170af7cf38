"""An application for a building permit as every permit desk holds it, and the choices that its form offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from keywright.errors import Refer
from keywright.findings import Kind
from keywright.messages import Message
from keywright.model.document import Enclosure
from keywright.model.fields import Extraction
from keywright.model.values.amounts import amount_of
from keywright.model.vendor import Payee

Choice = TypeVar("Choice", bound=StrEnum)

AS_ON_THE_FORM = (
    *("project_address", "project_unit", "project_municipality", "project_postal_code", "project_lot_con"),
    *("purpose", "proposed_use", "current_use", "work_description"),
    *("applicant_is", "applicant_email", "applicant_address", "designer_name", "designer_bcin"),
)
"""The texts that a desk takes as they stand on the form. The record calls them as the form does."""


class Purpose(StrEnum):
    """What is applied for, in the words of the provincial form."""

    NEW_CONSTRUCTION = "new construction"
    ADDITION = "addition"
    ALTERATION = "alteration/repair"
    DEMOLITION = "demolition"
    CONDITIONAL = "conditional"


class ApplicantIs(StrEnum):
    """Who applies."""

    OWNER = "owner"
    AGENT = "authorized agent of owner"


def for_each(choices: type[Choice], texts: Mapping[Choice, str]) -> Mapping[str, str]:
    """Return a desk's texts by choice. Raises TypeError if one has no text: its cases could never be keyed."""
    missing = [choice.value for choice in choices if choice not in texts]
    if missing:
        raise TypeError(f"The desk has no text for {choices.__name__} {', '.join(map(repr, missing))}.")
    return {choice.value: text for choice, text in texts.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitApplication:
    """An application for a building permit, whatever the system.

    ``purpose`` is one of ``Purpose`` and ``applicant_is`` one of ``ApplicantIs``. The value is in dollars, the area in
    square metres. ``file`` is the application itself, for desks that keep it.
    """

    project_address: str
    project_unit: str = ""
    project_municipality: str
    project_postal_code: str = ""
    project_lot_con: str = ""
    roll_number: str = ""
    project_value: Decimal | None = None
    work_area_m2: Decimal | None = None
    purpose: str
    proposed_use: str = ""
    current_use: str = ""
    work_description: str = ""
    applicant_name: str
    applicant_is: str = "owner"
    applicant_phone: str = ""
    applicant_email: str = ""
    applicant_address: str = ""
    owner_name: str = ""
    builder_name: str = ""
    tarion_new_home: bool = False
    designer_name: str = ""
    designer_bcin: str = ""
    declaration_date: dt.date
    file: Enclosure | None = None

    @property
    def value_written(self) -> str:
        """Return the project's value as it is typed, bare digits: desks keep whatever text they are given."""
        return "" if self.project_value is None else f"{self.project_value:f}"

    @property
    def area_written(self) -> str:
        """Return the area of work as it is typed."""
        return "" if self.work_area_m2 is None else f"{self.work_area_m2:f}"

    @classmethod
    def from_extraction(cls, form: Extraction, _payee: Payee | None = None) -> PermitApplication:
        """Return the application that a checked form asks to be entered. The fields are taken by their names.

        Nobody is paid for an application, so that there is never a payee.
        Raises Refer if the value or the area is not a number.
        """
        texts: dict[str, Any] = {name: _text(form, name) for name in AS_ON_THE_FORM}
        return cls(
            **texts,
            project_value=_number(form, "project_value", "Estimated project value"),
            work_area_m2=_number(form, "work_area_m2", "Area of work in square metres"),
            applicant_name=_person(form, "applicant"),
            applicant_phone=_text(form, "applicant_phone") or _text(form, "applicant_cell"),
            owner_name=_person(form, "owner"),
            builder_name=_person(form, "builder"),
            tarion_new_home=form.optional("tarion_new_home", bool) is True,
            declaration_date=form.required("declaration_date", dt.date),
        )

    def enclosing(self, file: Enclosure) -> PermitApplication:
        """Return the same application with its document, to be attached."""
        return replace(self, file=file)


def _text(form: Extraction, name: str) -> str:
    return form.optional(name, str) or ""


def _person(form: Extraction, who: str) -> str:
    return " ".join(name for name in (_text(form, f"{who}_first_name"), _text(form, f"{who}_last_name")) if name)


def _number(form: Extraction, name: str, title: str) -> Decimal | None:
    """Return a number as it is written on the form, ``38,500`` or ``$1,200.50``, or None where there is none.

    Raises Refer for a text that is not a number: the desk would keep a blank.
    """
    written = form.optional(name, str)
    if written is None:
        return None
    number = amount_of(written.replace("$", "").replace(",", "").replace(" ", ""))
    if number is None:
        message = Message(
            "{title} is not a number. It reads “{text}”. Write digits only, like 38500.",
            title=Message(title),
            text=written[:60],
        )
        raise Refer.because("not-a-number", message, name, kind=Kind.READING)
    return number
