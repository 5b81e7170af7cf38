"""Writes the profile of a layout to a file, and reads it from one, so that another office can start with it."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.db import transaction

from keywright import clock
from keywright.database.layouts import LayoutVersion, StoredLayout
from keywright.layouts import versions, words
from keywright.ledger import ledger
from keywright.model.fields import bare
from keywright.model.layout import LayoutState
from keywright.profiles.profile import profile_from_json

FORMAT = "keywright-layout/1"
MOST_RULES = 5_000
SHORTEST_OWNER = 4  # letters and digits of a name or number by which documents are recognised
LARGEST = 4_000_000  # bytes of a file


class NotALayout(Exception):
    """The file is not the layout of another office."""


def exported(layout: StoredLayout, *, actor: str) -> str:
    """Return the layout in use as the text of a file (JSON), and record it. Raises NotALayout if it has no profile."""
    version = layout.versions.filter(state=versions.USED).first()
    if version is None:
        raise NotALayout(f"{layout} has no profile yet: nobody has confirmed a document of it.")
    content = {
        "format": FORMAT,
        "document_type": layout.document_type,
        "sender": layout.sender,
        "owner": layout.owner.splitlines(),
        "profile": version.profile,
    }
    with transaction.atomic():
        ledger.append("layout-exported", actor=actor, body={"layout": layout.pk, "version": version.number})
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def imported(file: bytes, types: Collection[str], *, actor: str) -> StoredLayout:
    """Put a layout from a file on file here, and return it. It is learning until documents of this office confirm it.

    A layout of the same sender with the same profile is not put on file twice. Raises NotALayout, also for one whose
    kind of document is not among ``types``.
    """
    content = _content(file)
    if content["document_type"] not in types:
        raise NotALayout(f"Documents of the kind {content['document_type']!r:.60} are not read here.")
    profile_json = content["profile"]
    profile = profile_from_json(profile_json)
    untrusted = {**profile_json, "in_a_row": {}, "accepted": {}, "rules": _untried(profile_json["rules"])}
    owner = "\n".join(map(str, content["owner"]))
    with transaction.atomic():
        for known in StoredLayout.objects.filter(document_type=content["document_type"], owner=owner):
            if any(version.profile in (profile_json, untrusted) for version in known.versions.all()):
                return known
        layout = StoredLayout.objects.create(
            document_type=str(content["document_type"])[:100],
            sender=str(content["sender"])[:200],
            sender_key=bare(str(content["sender"]))[:200],
            owner=owner,
            anchors={word: list(place) for word, place in profile.anchors.items()},
            made_at=clock.now(),
        )
        LayoutVersion.objects.create(
            layout=layout,
            number=1,
            state=versions.USED,
            profile=untrusted,
            made_at=clock.now(),
            made_by=actor,
            imported=True,
        )
        StoredLayout.objects.filter(pk=layout.pk).update(version=1, state=LayoutState.LEARNING.value)
        layout.refresh_from_db()
        words.index(layout, profile.anchors)
        ledger.append("layout-imported", actor=actor, body={"layout": layout.pk})
    return layout


def _untried(rules: dict[str, list[list[Any]]]) -> dict[str, list[list[Any]]]:
    """Return the rules of another office as if each had been tried once, so that they outrank none of this office's."""
    return {
        name: [[place, min(right, 1), min(wrong, 1)] for place, right, wrong in found] for name, found in rules.items()
    }


def _content(file: bytes) -> dict[str, Any]:
    """Return the content of a file. Raises NotALayout with the reason."""
    if len(file) > LARGEST or b"\\u0000" in file:
        raise NotALayout("The file is too large to be a layout, or has characters that no text has.")
    try:
        content = json.loads(file)
        if content["format"] != FORMAT or not isinstance(content["owner"], list):
            raise NotALayout(f"The file is not a layout: its format is not {FORMAT}.")
        profile = profile_from_json(content["profile"])
        if sum(map(len, profile.rules.values())) > MOST_RULES or len(profile.anchors) > MOST_RULES:
            raise NotALayout("The file is not a layout: it has more rules or words than any layout.")
        if any(len(bare(str(value))) < SHORTEST_OWNER for value in content["owner"]):
            raise NotALayout("The file is not a layout: a name or number in it is too short to recognise a sender by.")
        json.dumps(content, allow_nan=False, ensure_ascii=False).encode()  # what no database can store raises here
        return {name: content[name] for name in ("document_type", "sender", "owner", "profile")}
    except (ValueError, LookupError, TypeError, RecursionError) as fault:
        raise NotALayout(f"The file is not a layout ({fault}).") from fault
