"""What people do with a layout: roll it back, use a held version, have it confirmed again; waiting cases follow."""

from __future__ import annotations

from django.db import transaction

from keywright.bot import AnyBot
from keywright.database.layouts import StoredLayout
from keywright.layouts import versions
from keywright.model.layout import LayoutFields, layout_fields_of
from keywright.review.layout_learning import propose_again
from keywright.settings.settings import settings


def roll_back(layout: StoredLayout, bot: AnyBot, *, person: str, seen: int) -> None:
    """Use the version before the one in use again; ``seen`` is the one in use that the person saw.

    Raises versions.NotAVersion if there is none before, or another is in use by now, so that two presses of a button
    roll back once.
    """
    with transaction.atomic():
        if StoredLayout.objects.select_for_update().get(pk=layout.pk).version != seen:
            raise versions.NotAVersion(f"Version {seen} of {layout} is no longer in use.")
        versions.roll_back(layout, _fields(bot), actor=person, needed=settings().confirmations_for(bot.name))
        propose_again(layout, bot, actor=person)


def take(layout: StoredLayout, number: int, bot: AnyBot, *, person: str) -> int:
    """Use a version that is not in use; return how many waiting cases go on. Raises versions.NotAVersion."""
    with transaction.atomic():
        needed = settings().confirmations_for(bot.name)
        versions.take(layout, number, _fields(bot), actor=person, needed=needed)
        return propose_again(layout, bot, actor=person)


def ask_again(layout: StoredLayout, bot: AnyBot, *, person: str) -> None:
    """Have documents of a layout confirmed again, those that wait too. Raises versions.NotAVersion."""
    with transaction.atomic():
        versions.ask_again(layout, actor=person)
        propose_again(layout, bot, actor=person)


def _fields(bot: AnyBot) -> LayoutFields:
    fields = layout_fields_of(bot.reads)
    if fields is None:
        raise TypeError(f"The documents of {bot.name} have no layouts.")
    return fields
