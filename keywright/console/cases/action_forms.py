"""The forms to assign, hold, escalate, split, reject or return a case, and to record an absence."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from keywright.bot import document_type_of
from keywright.cases.due_dates import due_times
from keywright.database.models import BotAccess, StoredCase
from keywright.model.document_type import Wording
from keywright.people.permissions import CLERK, SUPERVISOR, may_see
from keywright.review import close
from keywright.settings.settings import settings
from keywright.typed_values import typed_date

MORNING = dt.time(6)
"""A case that is parked until a day waits again from this hour of it."""


def people_who_decide(bot: str = "") -> QuerySet[User]:
    """Return the active people who may process cases, or only those of one bot."""
    there = User.objects.filter(Q(groups__name__in=(CLERK, SUPERVISOR)) | Q(is_superuser=True), is_active=True)
    people = there.distinct().order_by("username")
    if not bot or not BotAccess.objects.filter(bot=bot).exists():
        return people
    return User.objects.filter(pk__in=[person.pk for person in people if may_see(bot, person)]).order_by("username")


def people_to_escalate_to(row: StoredCase) -> QuerySet[User]:
    """Return the people to escalate a case to: those named by the rule for its kind, or else the supervisors."""
    names = due_times().rule(row.bot, row.kind).escalate_to
    people = people_who_decide(row.bot)
    candidates = people.filter(Q(username__in=names) | Q(groups__name__in=names)).distinct()
    return (
        candidates
        if candidates.exists()
        else people.filter(Q(groups__name=SUPERVISOR) | Q(is_superuser=True)).distinct()
    )


class DayField(forms.DateField):
    """A day in the town's time zone, from the browser's date picker or typed by hand."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def to_python(self, value: Any) -> dt.date | None:
        """Return the day from the date picker or typed by hand, or None for an empty field."""
        if value in self.empty_values or isinstance(value, dt.date):
            return super().to_python(value)
        try:
            return typed_date(str(value))
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from None

    def clean(self, value: Any) -> Any:
        """Return the day. Raises ValidationError for a mistyped year, which calendar arithmetic cannot handle."""
        day = super().clean(value)
        if isinstance(day, dt.date) and not 2000 <= day.year <= 2199:
            raise forms.ValidationError(_("Check the year."))
        return day


class ActionForm(forms.Form):
    """A form about one waiting case."""

    use_required_attribute = False  # a fault is told by the page itself, in the reader's language

    def __init__(self, row: StoredCase, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.row = row


class _FormWithPerson(ActionForm):
    to: forms.ModelChoiceField[User]

    def _choose(self, people: QuerySet[User]) -> None:
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people


class AssignForm(_FormWithPerson):
    """The person to assign the case to, and an optional reason."""

    to = forms.ModelChoiceField(User.objects.none(), label=_("Assign to"))
    why = forms.CharField(label=_("Reason (optional)"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose(people_who_decide(self.row.bot))


class EscalateForm(_FormWithPerson):
    """The person to escalate the case to, and the reason."""

    to = forms.ModelChoiceField(User.objects.none(), label=_("Escalate to"))
    why = forms.CharField(label=_("What has to be decided, and why you cannot decide it"), max_length=500)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = people_to_escalate_to(self.row).exclude(pk=person.pk)
        self._choose(above)
        self.fields["to"].initial = above.first()


class HoldForm(ActionForm):
    """The day until which the case is on hold, and the reason."""

    until = DayField(label=_("Until"))
    why = forms.CharField(label=_("Waiting for"), max_length=500)

    def time(self) -> dt.datetime:
        """Return when the case comes back to the queue: in the morning of the day, in the town's time zone."""
        return dt.datetime.combine(self.cleaned_data["until"], MORNING, settings().zone).astimezone(dt.UTC)


class SplitForm(ActionForm):
    """The pages of each document in the file."""

    pages = forms.CharField(
        label=_("Pages of each document"),
        help_text=_("Separate the documents with commas, for example 1-2, 3, 4-6. You can leave out blank pages."),
        max_length=2000,
    )


class RejectForm(ActionForm):
    """The reason for rejecting a case."""

    reason = forms.ChoiceField(label=_("Reason for rejection"), widget=forms.RadioSelect)
    duplicate_of = forms.CharField(label=_("Duplicate of case number"), required=False, max_length=30)
    words = forms.CharField(
        label=_("Details"),
        required=False,
        max_length=close.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, bot: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(reason.value, label) for reason, label in reasons(bot)]


def reasons(bot: str) -> list[tuple[close.Reason, Any]]:
    """Return the reasons for rejection with their labels, for a bot."""
    document_type = document_type_of(bot)
    wording = document_type.wording if document_type else Wording()
    return [
        (close.Reason.NOT_AN_INVOICE, _(wording.refused_as)),
        (close.Reason.NOT_OURS, _("Not addressed to us")),
        (close.Reason.DUPLICATE, _("Duplicate of another case")),
        (close.Reason.ILLEGIBLE, _("Illegible")),
        (close.Reason.OTHER, _("Another reason")),
    ]


class ReturnForm(ActionForm):
    """The letter to the sender."""

    to = forms.CharField(
        label=_("E-mail address of the sender"),
        required=False,
        max_length=200,
        help_text=_("Leave empty to copy the letter and send it yourself."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    subject = forms.CharField(label=_("Subject"), max_length=200)
    message = forms.CharField(
        label=_("Letter"), max_length=close.LONGEST_LETTER, widget=forms.Textarea(attrs={"rows": 16})
    )


class AbsenceForm(forms.Form):
    """A person's absence and their substitute."""

    use_required_attribute = False
    person = forms.ModelChoiceField(User.objects.none(), label=_("Absences"))
    deputy = forms.ModelChoiceField(User.objects.none(), label=_("Substitute"))
    since = DayField(label=_("From"))
    until = DayField(label=_("Until (inclusive)"))

    def __init__(self, me: User, *args: Any, of_others: bool, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        people = people_who_decide()
        for name, chosen in (("person", people if of_others else people.filter(pk=me.pk)), ("deputy", people)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = chosen
        self.fields["person"].initial = me

    def times(self) -> tuple[dt.datetime, dt.datetime]:
        """Return when the absence begins and ends: whole days in the town's time zone."""
        first, last = self.cleaned_data["since"], self.cleaned_data["until"] + dt.timedelta(days=1)
        begin, end = (dt.datetime.combine(day, dt.time(), settings().zone) for day in (first, last))
        return begin.astimezone(dt.UTC), end.astimezone(dt.UTC)
