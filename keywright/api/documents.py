"""Takes in a document sent by a program."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from ninja.files import UploadedFile

from keywright.api.auth import Asker
from keywright.api.problems import Refused
from keywright.archive import Archive
from keywright.bot import all_bots
from keywright.cases import casebook
from keywright.database.models import StoredCase
from keywright.errors import Stop
from keywright.ledger import ledger
from keywright.model.document import Document
from keywright.model.values.file_names import safe_name
from keywright.model.values.media_types import media_type
from keywright.people import api_tokens
from keywright.people.permissions import may_see
from keywright.settings.settings import settings


def hand_in(asker: Asker, bot: str, file: UploadedFile) -> tuple[StoredCase, bool]:
    """Store a file and open its case; return the case and whether it is new. Raises Refused."""
    if bot not in all_bots() or not may_see(bot, asker.person):
        raise Refused("not-taken", faults={"bot": f"There is no bot {bot!r}."})
    if not asker.rights.decide and not asker.rights.mend:
        raise Refused("not-allowed", "The token's person may only view cases.")
    if not file.size:
        raise Refused("not-taken", faults={"file": "The file is empty."})
    if file.size > settings().api_largest:
        raise Refused("too-large", f"A file may have at most {settings().api_largest} bytes; this one has {file.size}.")
    document = _kept(asker, file)
    with transaction.atomic():
        opened = casebook.open_case(document, bot, actor=asker.name)
        row = StoredCase.objects.select_related("document", "claimed_by").get(pk=int(opened.case.id))
        use = {**api_tokens.ledger_body(asker.token), "act": "handed in"}
        ledger.append("token-used", actor=asker.name, case=row.pk, body=use)
    return row, opened.new


def _kept(asker: Asker, file: UploadedFile) -> Document:
    content = file.read()
    try:
        sha256 = Archive(settings().documents).put(content)
    except Stop as full:
        raise Refused("not-now", str(full)) from full
    origin = f"API, {asker.token.name}"
    return Document(sha256, media_type(content), safe_name(file.name or ""), len(content), timezone.now(), origin)
