"""What a clerk fills in to hand a case over, park it, escalate it, split it, refuse it, send it back, or be away."""

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


def who_decide(bot: str = "") -> QuerySet[User]:
    """Return those who decide cases; those of a bot, if one is named."""
    there = User.objects.filter(Q(groups__name__in=(CLERK, SUPERVISOR)) | Q(is_superuser=True), is_active=True)
    people = there.distinct().order_by("username")
    if not bot or not BotAccess.objects.filter(bot=bot).exists():
        return people
    return User.objects.filter(pk__in=[one.pk for one in people if may_see(bot, one)]).order_by("username")


def who_decide_above(row: StoredCase) -> QuerySet[User]:
    """Return those to whom a case is escalated: whom the rules for its kind name, and supervisors if they name none."""
    names = due_times().rule(row.bot, row.kind).escalate_to
    people = who_decide(row.bot)
    named = people.filter(Q(username__in=names) | Q(groups__name__in=names)).distinct()
    return named if named.exists() else people.filter(Q(groups__name=SUPERVISOR) | Q(is_superuser=True)).distinct()


class Day(forms.DateField):
    """A day of our time, as the browser's own calendar writes it."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def to_python(self, value: Any) -> dt.date | None:
        """Return the day that is written, by the browser's calendar or by hand; None if nothing is."""
        if value in self.empty_values or isinstance(value, dt.date):
            return super().to_python(value)
        try:
            return typed_date(str(value))
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from None

    def clean(self, value: Any) -> Any:
        """Return the day. Raises ValidationError for a mistyped year, which calendars cannot count with."""
        day = super().clean(value)
        if isinstance(day, dt.date) and not 2000 <= day.year <= 2199:
            raise forms.ValidationError(_("Look at the year."))
        return day


class Act(forms.Form):
    """A form about one waiting case."""

    use_required_attribute = False  # a fault is told by the page itself, in the reader's language

    def __init__(self, row: StoredCase, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.row = row


class _ToSomebody(Act):
    to: forms.ModelChoiceField[User]

    def _choose(self, people: QuerySet[User]) -> None:
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people


class HandOver(_ToSomebody):
    """To whom, and if one likes why."""

    to = forms.ModelChoiceField(User.objects.none(), label=_("To whom"))
    why = forms.CharField(label=_("Why, if you like"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose(who_decide(self.row.bot))


class Escalate(_ToSomebody):
    """To whom, and why."""

    to = forms.ModelChoiceField(User.objects.none(), label=_("To whom"))
    why = forms.CharField(label=_("What is to be decided, and why not by you"), max_length=500)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = who_decide_above(self.row).exclude(pk=person.pk)
        self._choose(above)
        self.fields["to"].initial = above.first()


class Park(Act):
    """Until which day, and why."""

    until = Day(label=_("Until"))
    why = forms.CharField(label=_("What is waited for"), max_length=500)

    def time(self) -> dt.datetime:
        """Return when the case waits again: in the morning of the day, in the town."""
        return dt.datetime.combine(self.cleaned_data["until"], MORNING, settings().zone).astimezone(dt.UTC)


class Split(Act):
    """Which pages are which document."""

    pages = forms.CharField(
        label=_("The pages of each document"),
        help_text=_("With commas between the documents, for example 1-2, 3, 4-6. Blank pages may be left out."),
        max_length=2000,
    )


class Refuse(Act):
    """Why a case is not to be keyed."""

    reason = forms.ChoiceField(label=_("Why is it refused?"), widget=forms.RadioSelect)
    duplicate_of = forms.CharField(label=_("Duplicate of case number"), required=False, max_length=30)
    words = forms.CharField(
        label=_("In your words"),
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
    """Return the reasons to refuse a case of a bot, with their words."""
    document_type = document_type_of(bot)
    wording = document_type.wording if document_type else Wording()
    return [
        (close.Reason.NOT_AN_INVOICE, _(wording.refused_as)),
        (close.Reason.NOT_OURS, _("It is not ours")),
        (close.Reason.DUPLICATE, _("It is a duplicate of another case")),
        (close.Reason.ILLEGIBLE, _("Nobody can read it")),
        (close.Reason.OTHER, _("Another reason")),
    ]


class SendBack(Act):
    """The letter to the sender."""

    to = forms.CharField(
        label=_("E-mail address of the sender"),
        required=False,
        max_length=200,
        help_text=_("Leave it empty to copy the letter and send it yourself."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    subject = forms.CharField(label=_("Subject"), max_length=200)
    message = forms.CharField(
        label=_("Letter"), max_length=close.LONGEST_LETTER, widget=forms.Textarea(attrs={"rows": 16})
    )


class Away(forms.Form):
    """Who is away from when to when, and who does the work meanwhile."""

    use_required_attribute = False
    person = forms.ModelChoiceField(User.objects.none(), label=_("Who is away"))
    deputy = forms.ModelChoiceField(User.objects.none(), label=_("Who does the work meanwhile"))
    since = Day(label=_("From"))
    until = Day(label=_("Until and with"))

    def __init__(self, me: User, *args: Any, of_others: bool, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        people = who_decide()
        for name, chosen in (("person", people if of_others else people.filter(pk=me.pk)), ("deputy", people)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = chosen
        self.fields["person"].initial = me

    def times(self) -> tuple[dt.datetime, dt.datetime]:
        """Return when the absence begins and ends: whole days in the town."""
        first, last = self.cleaned_data["since"], self.cleaned_data["until"] + dt.timedelta(days=1)
        begin, end = (dt.datetime.combine(day, dt.time(), settings().zone) for day in (first, last))
        return begin.astimezone(dt.UTC), end.astimezone(dt.UTC)
