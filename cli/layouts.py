"""The commands about layouts: list them, show what is known of one, carry one to another office, choose its version."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from django.db.models import Count, Q
from rich.table import Table

from cli.actor import actor
from keywright.bot import AnyBot, all_bots
from keywright.console.layouts.sentences import place_in_words, version_state_in_words
from keywright.console.shared.labels import title_of
from keywright.database.layouts import StoredLayout
from keywright.errors import Stop
from keywright.layouts import description, listing, transfer, versions
from keywright.model.layout import layout_fields_of
from keywright.people.permissions import Rights
from keywright.review import layout_acts
from keywright.settings.settings import settings
from keywright.terminal import SafeConsole, words

VERSIONS_SHOWN = 20


def run_layouts(options: argparse.Namespace) -> int:
    """List, show, export, import or roll back layouts, or take a held version. Raises Stop if that cannot be done."""
    acts: Mapping[str, Callable[[argparse.Namespace], None]] = {
        "list": _list,
        "show": _show,
        "export": _export,
        "import": _import,
        "roll-back": _roll_back,
        "take": _take,
    }
    try:
        acts[options.act](options)
    except (transfer.NotALayout, versions.NotAVersion) as refusal:
        raise Stop(str(refusal)) from refusal
    return 0


def _list(options: argparse.Namespace) -> None:
    """Print all layouts, as a table or one JSON object for each."""
    held = Count("versions", filter=Q(versions__state=versions.HELD), distinct=True)
    rows = listing.seen_by(all_bots(), ()).annotate(confirmed=Count("documents", distinct=True), held=held)
    table = Table("Layout", "Sender", "Vendor", "State", "Documents", "Version")
    for row in rows.order_by("pk"):
        layout = {
            "number": row.pk,
            "document_type": row.document_type,
            "sender": _sender(row),
            "vendor": row.vendor,
            "state": row.state,
            "documents": row.confirmed,
            "version": row.version,
            "held_versions": row.held,
        }
        if options.json:
            print(json.dumps(layout, ensure_ascii=False))
        version = f"{row.version or ''}{f' ({row.held} held)' if row.held else ''}"
        table.add_row(
            str(row.pk), words(str(layout["sender"])), words(row.vendor), row.state, str(row.confirmed), version
        )
    if not options.json:
        SafeConsole().print(table if table.row_count else "There are no layouts.")


def _sender(row: StoredLayout) -> str:
    """Return the sender of a layout, masked if the settings mask it."""
    bot = listing.bot_for(row, all_bots().values())
    fields = layout_fields_of(bot.reads) if bot else None
    return _sight(row, bot).value(fields.owner[-1].name, listing.sender_of(row)) if fields else ""


def _sight(row: StoredLayout, bot: AnyBot | None) -> description.LayoutSight:
    fields = layout_fields_of(bot.reads) if bot else None
    assert fields is not None, "listed layouts are those of bots that have layouts"
    return description.sight_of_layout(Rights(personal=not settings().masked_fields), row, fields)


def _show(options: argparse.Namespace) -> None:
    """Print what is known of a layout: its fields, what is constant, where each is found, and its versions."""
    row, bot = _layout(options.number)
    fields, profile = layout_fields_of(bot.reads), versions.profile_of(row)
    screen, sight = SafeConsole(), _sight(row, bot)
    screen.print(words(f"Layout {row.pk}: {_sender(row) or 'unknown sender'}, {row.state}"))
    if fields is None or profile is None:
        screen.print("Nobody has confirmed a document of this layout.")
        return
    table = Table("Field", "Confirmed in a row", "Always the same", "Where it is found")
    for known in description.known_fields(profile, fields, settings().confirmations_for(bot.name)):
        places = "; ".join(place_in_words(sight.place(rule)) for rule in known.places)
        constant = sight.value(known.name, known.constant) if known.constant else ""
        title = title_of(bot.reads.specs()[known.name])
        table.add_row(words(title), f"{known.in_a_row} of {known.needed}", words(constant), words(places))
    screen.print(table)
    for version in row.versions.all()[:VERSIONS_SHOWN]:
        lost = f", would lose {_spots(version.lost)}" if version.state == versions.HELD else ""
        state = version_state_in_words(version.state)
        screen.print(words(f"Version {version.number} of {version.made_at:%Y-%m-%d}: {state}{lost}"))


def _spots(spots: list[list[int | str]]) -> str:
    """Return fields of confirmed documents in words: the field, and the number of its case."""
    return ", ".join(f"{name} of case {case}" for case, name in spots)


def _export(options: argparse.Namespace) -> None:
    row, _ = _layout(options.number)
    text = transfer.exported(row, actor=actor())
    out = options.out or Path(f"layout-{row.pk}.json")
    out.write_text(text, encoding="utf-8")
    print(f"{out}: layout {row.pk}, {len(text.encode())} bytes.")


def _import(options: argparse.Namespace) -> None:
    with options.file.open("rb") as file:
        content = file.read(transfer.LARGEST + 1)
    types = {bot.reads.name for bot in listing.with_layouts(all_bots().values())}
    row = transfer.imported(content, types, actor=actor())
    print(f"{options.file}: layout {row.pk}, {row.state}.")
    print("It proposes values at once, and is trusted once documents of this office confirm it.")


def _roll_back(options: argparse.Namespace) -> None:
    row, bot = _layout(options.number)
    if row.version is None:
        raise Stop(f"Layout {row.pk} has no version yet: nobody has confirmed a document of it.")
    layout_acts.roll_back(row, bot, person=actor(), seen=row.version)
    row.refresh_from_db()
    print(f"Layout {row.pk} uses version {row.version} again. Its documents have to be confirmed again.")


def _take(options: argparse.Namespace) -> None:
    row, bot = _layout(options.number)
    gone_on = layout_acts.take(row, options.version, bot, person=actor())
    row.refresh_from_db()
    print(f"Layout {row.pk} uses version {row.version}. It is {row.state}; {gone_on} waiting cases go on.")


def _layout(number: int) -> tuple[StoredLayout, AnyBot]:
    """Return a layout by its number, and a bot that reads its documents. Raises Stop if there is none."""
    row = listing.seen_by(all_bots(), ()).filter(pk=number).first()
    bot = listing.bot_for(row, all_bots().values()) if row else None
    if row is None or bot is None:
        raise Stop(f"There is no layout {number}. ./run layouts list shows them.")
    return row, bot
