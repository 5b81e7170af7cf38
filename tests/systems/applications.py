"""A permit application with something in every field, and characters that systems get wrong."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from systems.records.permit_application import PermitApplication

APPLICATION = PermitApplication(
    project_address="12 O'Brien Street",
    project_unit="B",
    project_municipality="Milton",
    project_postal_code="L9T 1A1",
    project_lot_con="Lot 3, Con. 4",
    roll_number="2409-010-002",
    project_value=Decimal("48500.00"),
    work_area_m2=Decimal("120.5"),
    purpose="addition",
    proposed_use="House",
    current_use="House",
    work_description="Deck 12' x 14\"\nand stairs",
    applicant_name="Zoë D'Arcy-Müller",
    applicant_is="authorized agent of owner",
    applicant_phone="905-555-0100",
    applicant_email="zoe@example.org",
    applicant_address="1 Quay Street, Québec",
    owner_name="Sam & Alex Roe",
    builder_name="Build <Right> Inc.",
    tarion_new_home=True,
    designer_name="Dee Signer",
    designer_bcin="12345",
    declaration_date=dt.date(2026, 3, 4),
)
