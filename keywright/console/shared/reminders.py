"""Tells people of what is due: who must be told is told on record and on screen, and then by e-mail."""

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
    """What one run told and mailed."""

    told: Notified
    mailed: Mailed

    @property
    def troubled(self) -> bool:
        """Return True if IT must look: there is nobody to tell, or mail does not go."""
        return bool(self.told.nobody or self.mailed.away or self.mailed.refused)

    def __str__(self) -> str:
        """Return what was done in words: what IT reads beside the run."""
        told = f"{self.told.reminders} reminded of, {self.told.escalations} escalated, {self.mailed.sent} mails."
        nobody = ", ".join(map(str, self.told.nobody[:20]))
        faults = [f"Nobody is there to be told of case {nobody}: see docs/operate.md, Due times."] if nobody else []
        return " ".join([told, *faults, *self.mailed.refused[:20], self.mailed.away]).strip()


def remind() -> Reminded:
    """Tell once of all that is due soon or due, and mail what was not mailed yet."""
    told = notifications.notify_due()
    with override(settings().language):
        return Reminded(told, notifications.send_mails(settings().mail, write))


def write(person: User, about: Sequence[Notice], mail_id: str) -> Mail:
    """Write the mail that tells a person of cases: their numbers and times, and nothing that is printed on them."""
    overdue = [one for one in about if one.kind == notifications.ESCALATION]
    asked = [one for one in about if one.kind == notifications.ASKED]
    soon = [one for one in about if one.kind == notifications.REMINDER]
    parts = [
        _part(_("These cases are overdue and were escalated to you:"), overdue),
        _part(_("These cases were escalated to you by a colleague:"), asked),
        _part(_("These cases are due soon:"), soon),
    ]
    url = settings().console_url
    end = _("This mail was written by Keywright. Each case is told once.")
    where = [f"{url}/notices/"] if url else []
    return Mail(
        person.email,
        _subject(len(overdue), len(asked), len(soon)),
        "\n\n".join([*filter(None, parts), *where, end]),
        mail_id,
    )


def _subject(overdue: int, asked: int, soon: int) -> str:
    if overdue:
        return ngettext("%(count)d case is overdue", "%(count)d cases are overdue", overdue) % {"count": overdue}
    if asked:
        words = ngettext("%(count)d case was escalated to you", "%(count)d cases were escalated to you", asked)
        return words % {"count": asked}
    return ngettext("%(count)d case is due soon", "%(count)d cases are due soon", soon) % {"count": soon}


def _part(title: str, about: Sequence[Notice]) -> str:
    return "\n".join([title, *(f"  {_line(one)}" for one in about)]) if about else ""


def _line(one: Notice) -> str:
    bot = all_bots().get(one.case.bot)
    due = localtime(one.case.due_at or one.at, settings().zone)
    told = {
        "number": one.case_id,
        "bot": _(bot.title) if bot else one.case.bot,
        "kind": kind_in_words(one.case.kind) if one.case.kind else "",
        "due": f"{due:%Y-%m-%d %H:%M}",
    }
    line = _("Case %(number)d, %(bot)s, %(kind)s: due %(due)s") % told
    return f"{line}  {settings().console_url}/cases/{one.case_id}/" if settings().console_url else line
