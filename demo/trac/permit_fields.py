"""The fields that the township added to Trac's tickets, so that one holds a building-permit application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PermitField:
    """One custom field, as the section ``[ticket-custom]`` of ``trac.ini`` describes it."""

    name: str
    label: str
    kind: str = "text"
    more: tuple[tuple[str, str], ...] = ()


PURPOSES = "|New construction|Addition|Alteration/repair|Demolition|Conditional"

FIELDS = (
    PermitField("site_address", "Site Address"),
    PermitField("unit", "Unit"),
    PermitField("municipality", "Municipality"),
    PermitField("postal_code", "Postal Code"),
    PermitField("lot_con", "Lot/Con."),
    PermitField("roll_number", "Roll Number"),
    PermitField("est_value", "Estimated Value"),
    PermitField("area", "Area of Work (m²)"),
    PermitField("purpose", "Purpose", "select", (("options", PURPOSES),)),
    PermitField("proposed_use", "Proposed Use"),
    PermitField("current_use", "Current Use"),
    PermitField("work", "Description of Work", "textarea", (("format", "wiki"), ("rows", "5"))),
    PermitField("applicant", "Applicant"),
    PermitField("applicant_is", "Applicant Is", "radio", (("options", "Owner|Agent"), ("value", "Owner"))),
    PermitField("phone", "Telephone"),
    PermitField("email", "E-mail"),
    PermitField("applicant_address", "Applicant's Address", "textarea", (("rows", "3"),)),
    PermitField("owner_name", "Property Owner"),
    PermitField("builder", "Builder"),
    PermitField("new_home", "New Home (Tarion)", "checkbox"),
    PermitField("designer", "Designer"),
    PermitField("bcin", "BCIN"),
    PermitField("declared", "Declared On", "time", (("format", "date"),)),
)


def options() -> Iterator[tuple[str, str, str]]:
    """Yield section, name and value of every line that these fields put into ``trac.ini``."""
    for order, field in enumerate(FIELDS, start=1):
        settings = {"": field.kind, ".label": field.label, ".order": str(order)} | {f".{n}": v for n, v in field.more}
        for suffix, value in settings.items():
            yield "ticket-custom", field.name + suffix, value
