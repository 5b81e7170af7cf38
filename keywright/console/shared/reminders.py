"""Sends reminders and escalations: recorded and shown as notifications first, then sent by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from keywright.bot import all_bots
from keywright.console.shared.labels import kind_in_words
from keywright.database.models import Notice
from keywright.mail import Mail
from keywright.review import notifications
from keywright.review.notifications import Mailed, Notified
from keywright.settings.settings import settings


@dataclass(frozen=True, slots=True)
class Reminded:
    """The result of one run: notifications and mails."""

    notified: Notified
    mailed: Mailed

    @property
    def troubled(self) -> bool:
        """Return True if IT must act: a case has no recipient, or mail fails."""
        return bool(self.notified.nobody or self.mailed.away or self.mailed.refused)

    def __str__(self) -> str:
        """Return the result in words, for the output of the run."""
        counts = self.notified.reminders, self.notified.escalations, self.mailed.sent
        summary = "Reminders: {}, escalations: {}, mails: {}.".format(*counts)
        nobody = ", ".join(map(str, self.notified.nobody[:20]))
        faults = [f"No recipient for case {nobody}: see docs/operate.md, Due times."] if nobody else []
        return " ".join([summary, *faults, *self.mailed.refused[:20], self.mailed.away]).strip()


def remind() -> Reminded:
    """Create the notifications for cases that are due or due soon, and send the mails not sent yet."""
    outcome = notifications.notify_due()
    with override(settings().language):
        return Reminded(outcome, notifications.send_mails(settings().mail, write))


def write(person: User, about: Sequence[Notice], mail_id: str) -> Mail:
    """Write the mail about a person's notifications: case numbers and times, without any values of the documents."""
    overdue = [notice for notice in about if notice.kind == notifications.ESCALATION]
    escalated = [notice for notice in about if notice.kind == notifications.ASKED]
    soon = [notice for notice in about if notice.kind == notifications.REMINDER]
    parts = [
        _part(_("These cases are overdue and were escalated to you:"), overdue),
        _part(_("These cases were escalated to you by a colleague:"), escalated),
        _part(_("These cases are due soon:"), soon),
    ]
    url = settings().console_url
    end = _("Sent by Keywright. You receive one notification per case.")
    where = [f"{url}/notices/"] if url else []
    return Mail(
        person.email,
        _subject(len(overdue), len(escalated), len(soon)),
        "\n\n".join([*filter(None, parts), *where, end]),
        mail_id,
    )


def _subject(overdue: int, escalated: int, soon: int) -> str:
    if overdue:
        return ngettext("%(count)d case is overdue", "%(count)d cases are overdue", overdue) % {"count": overdue}
    if escalated:
        words = ngettext("%(count)d case was escalated to you", "%(count)d cases were escalated to you", escalated)
        return words % {"count": escalated}
    return ngettext("%(count)d case is due soon", "%(count)d cases are due soon", soon) % {"count": soon}


def _part(title: str, about: Sequence[Notice]) -> str:
    return "\n".join([title, *(f"  {_line(notice)}" for notice in about)]) if about else ""


def _line(notice: Notice) -> str:
    bot = all_bots().get(notice.case.bot)
    due = localtime(notice.case.due_at or notice.at, settings().zone)
    values = {
        "number": notice.case_id,
        "bot": _(bot.title) if bot else notice.case.bot,
        "kind": kind_in_words(notice.case.kind) if notice.case.kind else "",
        "due": f"{due:%Y-%m-%d %H:%M}",
    }
    line = _("Case %(number)d, %(bot)s, %(kind)s: due %(due)s") % values
    return f"{line}  {settings().console_url}/cases/{notice.case_id}/" if settings().console_url else line
