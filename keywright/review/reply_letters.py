"""Drafts the letter with which a document goes back to its sender, from what was found about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from keywright.findings import Finding, Kind
from keywright.message_text import translated
from keywright.model.case import Case
from keywright.model.fields import Extraction
from keywright.model.serialization import write_value
from keywright.settings.settings import settings

LANGUAGES = ("en", "fr")
ADDRESSES = ("seller_email", "applicant_email", "owner_email")
_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in plain text."""

    subject: str
    body: str


def draft(case: Case, titles: Mapping[str, str], language: str) -> Letter:
    """Return the letter that sends a case's document back, in one of ``LANGUAGES``, for a person to go over.

    It names what is missing, what cannot be read and what does not fit, by the fields' ``titles``, without any value
    but the document's own number; and only what is asked about the case.
    """
    with translation.override(language):
        words = {"paper": _paper(case), "day": f"{timezone.localtime(case.received_at):%Y-%m-%d}"}
        lines = [_("Hello,"), "", _("On %(day)s we received %(paper)s. We cannot process it as it is:") % words, ""]
        lines += [f"- {reason}" for reason in _reasons(case, titles)]
        lines += ["", _("Please send us a corrected document; then we take it up at once.")]
        lines += [_("If you have questions, name our case %(number)s.") % {"number": case.id}, ""]
        lines += [_("Kind regards"), next(iter(settings().town_names), "")]
        return Letter(_("We cannot process %(paper)s") % words, "\n".join(lines).strip() + "\n")


def address_of(case: Case, origin: str) -> str:
    """Return the sender's e-mail address as the document or the way it came in tells it, or "" if neither does."""
    fields = case.extraction.fields if case.extraction else {}
    hidden = settings().masked_fields
    told = [write_value(fields[name].value) for name in ADDRESSES if name in fields and name not in hidden]
    found = (_ADDRESS.search(text) for text in (*told, origin))
    return next((one[0] for one in found if one), "")


def _paper(case: Case) -> str:
    """Return what the sender calls the document."""
    number = case.extraction.fields.get("invoice_number") if case.extraction else None
    if number is not None and "invoice_number" not in settings().masked_fields:
        return _("your invoice %(number)s") % {"number": write_value(number.value)}
    return _("your document “%(file)s”") % {"file": case.file_name}


def _reasons(case: Case, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each thing that is amiss; one that leaves a gap to fill where the findings tell none."""
    asked = [one for one in case.findings if one.asks and one.kind is not Kind.SYSTEM]
    extraction = case.extraction or Extraction("", {})
    about = _Fields(titles, extraction)
    reading = [one for one in asked if one.kind is Kind.READING]
    told = (
        about.told(_("This is missing: %(fields)s."), reading, there=False),
        about.told(_("We cannot read this surely: %(fields)s."), reading, there=True),
        about.told(_("This does not fit together, or with the rules: %(fields)s."), _of_fields_only(asked)),
        *(translated(one.message) for one in asked if _for_senders(one)),
    )
    found = [sentence for sentence in told if sentence]
    if any(not one.fields for one in reading):
        found.append(_("We cannot read the file. Please send a clear copy, as a PDF without a password."))
    if any(one.kind is Kind.DUPLICATE for one in asked):
        found.append(_("We have this document already. If it is another one, please tell us what is different."))
    yield from found or [_("(Please say here what is wrong.)")]


def _for_senders(finding: Finding) -> bool:
    """Return True for a finding that is written so that it may stand in a letter, which is in English only."""
    return finding.rule.startswith("permit-") and translation.get_language() == "en"


def _of_fields_only(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings of the trade of which a sender is told no more than the fields."""
    return [one for one in findings if one.kind is Kind.BUSINESS and not _for_senders(one)]


def _inside(title: str) -> str:
    """Return a title as it stands inside a sentence: an abbreviation keeps its capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of a document, as they are called and as far as they could be read."""

    titles: Mapping[str, str]
    extraction: Extraction

    def told(self, sentence: str, findings: Sequence[Finding], *, there: bool | None = None) -> str:
        """Return a sentence with the titles of what findings are about; "" if they are about nothing.

        ``there`` picks the fields that could be read, or those that could not.
        """
        names = dict.fromkeys(name for one in findings for name in one.fields)
        chosen = [name for name in names if there is None or (name in self.extraction.fields) == there]
        words = ", ".join(_inside(_(self.titles[name])) for name in chosen if name in self.titles)
        return sentence % {"fields": words} if words else ""
