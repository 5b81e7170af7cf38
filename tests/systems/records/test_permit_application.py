"""A permit desk has a text for every choice of the provincial form, or its module cannot be imported."""

from __future__ import annotations

import pytest

from extractors.forms.ticks import Ticked
from extractors.ontario_permit.form import OntarioPermitApplication as Permit
from systems.records.permit_application import ApplicantIs, Purpose, for_each
from systems.town_hall import records
from systems.trac import permit


def test_a_desk_without_a_text_for_a_choice_is_refused_and_the_choice_is_named() -> None:
    with pytest.raises(TypeError, match="no text for Purpose 'demolition', 'conditional'"):
        for_each(Purpose, {purpose: purpose.value for purpose in list(Purpose)[:3]})


def test_both_desks_take_every_answer_that_the_form_offers() -> None:
    for spec, choices in ((Permit.purpose, Purpose), (Permit.applicant_is, ApplicantIs)):
        assert isinstance(spec, Ticked)
        assert {option.value for option in spec.options} == {choice.value for choice in choices}
    for desk in (records, permit):
        assert set(desk.PURPOSES) == {purpose.value for purpose in Purpose}
        assert set(desk.APPLICANTS) == {applicant.value for applicant in ApplicantIs}
