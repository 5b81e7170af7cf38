"""Drafts the letter with which a document goes back to its sender, from the findings about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from keywright.bot import document_type_of
from keywright.findings import Finding, Kind
from keywright.message_text import language_of, translated
from keywright.model.case import Case
from keywright.model.document_type import KeyFields, Wording
from keywright.model.fields import Extraction, FieldSpec
from keywright.model.serialization import write_value
from keywright.settings.settings import settings

LANGUAGES = ("en", "fr")
_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in plain text."""

    subject: str
    body: str


def draft(case: Case, titles: Mapping[str, str], language: str) -> Letter:
    """Return the letter that sends a case's document back, in one of ``LANGUAGES``, for a person to check.

    It names what is missing, what cannot be read and what does not fit, by the fields' ``titles``, with no value except
    the document's own number; and only from findings that ask for a decision.
    """
    with translation.override(language):
        words = {"paper": _paper(case), "day": f"{timezone.localtime(case.received_at):%Y-%m-%d}"}
        lines = [_("Hello,"), "", _("On %(day)s we received %(paper)s. We cannot process it as it is:") % words, ""]
        lines += [f"- {reason}" for reason in _reasons(case, titles)]
        lines += ["", _("Please send us a corrected document, and we will process it promptly.")]
        lines += [_("If you have questions, please mention our case number %(number)s.") % {"number": case.id}, ""]
        lines += [_("Kind regards"), next(iter(settings().town_names), "")]
        return Letter(_("We cannot process %(paper)s") % words, "\n".join(lines).strip() + "\n")


def address_of(case: Case, origin: str) -> str:
    """Return the sender's e-mail address from the document or its origin, or ""."""
    matches = (_ADDRESS.search(text) for text in (*_shown(case, _declared(case)[0].e_mail), origin))
    return next((match[0] for match in matches if match), "")


def _declared(case: Case) -> tuple[KeyFields, Wording]:
    """Return what the document type of a case declares; for a bot that is no longer installed, nothing."""
    document_type = document_type_of(case.bot)
    return (document_type.key_fields, document_type.wording) if document_type else (KeyFields(), Wording())


def _shown(case: Case, specs: Sequence[FieldSpec[str]]) -> list[str]:
    """Return the texts of the fields that were read, without the ones that a setting hides."""
    fields = case.extraction.fields if case.extraction else {}
    names = [spec.name for spec in specs if spec.name not in settings().masked_fields]
    return [write_value(fields[name].value) for name in names if name in fields]


def _paper(case: Case) -> str:
    """Return the name of the document in the letter."""
    key_fields, wording = _declared(case)
    if wording.in_letters and (numbers := _shown(case, key_fields.number)):
        return _(wording.in_letters) % {"number": numbers[0]}
    return _("your document “%(file)s”") % {"file": case.file_name}


def _reasons(case: Case, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each reason; one with a gap to fill in if the findings give none."""
    open_findings = [finding for finding in case.findings if finding.asks and finding.kind is not Kind.SYSTEM]
    quoted = [finding for finding in open_findings if _is_quoted(finding, _declared(case)[1])]
    extraction = case.extraction or Extraction("", {})
    about = _Fields(titles, extraction)
    reading = [finding for finding in open_findings if finding.kind is Kind.READING]
    sentences = (
        about.sentence(_("This is missing: %(fields)s."), reading, there=False),
        about.sentence(_("We cannot read these values clearly: %(fields)s."), reading, there=True),
        about.sentence(
            _("These values do not agree with each other or with our rules: %(fields)s."),
            [finding for finding in open_findings if finding.kind is Kind.BUSINESS and finding not in quoted],
        ),
        *(translated(finding.message) for finding in quoted),
    )
    reasons = [sentence for sentence in sentences if sentence]
    if any(not finding.fields for finding in reading):
        reasons.append(_("We cannot read the file. Please send a clear copy, as a PDF without a password."))
    if any(finding.kind is Kind.DUPLICATE for finding in open_findings):
        reasons.append(
            _("We already have this document. If this is a different one, please tell us what is different.")
        )
    yield from reasons or [_("(Describe here what is wrong.)")]


def _is_quoted(finding: Finding, wording: Wording) -> bool:
    """Return True if the letter quotes a finding's message: only one that is there in the letter's language."""
    letter_language = (translation.get_language() or "en")[:2]
    return finding.rule in wording.quotable and language_of(finding.message)[:2] == letter_language


def _inside(title: str) -> str:
    """Return a title in the form for the middle of a sentence: an abbreviation keeps its capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of a document with their titles, and which of them could be read."""

    titles: Mapping[str, str]
    extraction: Extraction

    def sentence(self, template: str, findings: Sequence[Finding], *, there: bool | None = None) -> str:
        """Return a sentence with the titles of the findings' fields; "" if the findings name no fields.

        ``there`` selects the fields that could be read, or the ones that could not.
        """
        names = dict.fromkeys(name for finding in findings for name in finding.fields)
        chosen = [name for name in names if there is None or (name in self.extraction.fields) == there]
        words = ", ".join(_inside(_(self.titles[name])) for name in chosen if name in self.titles)
        return template % {"fields": words} if words else ""
