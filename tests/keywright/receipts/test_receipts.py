"""A receipt tells the whole story of each field on one page, and no byte of it can be changed unnoticed."""

from __future__ import annotations

import re

import pytest

from keywright.bot import bot_named
from keywright.cases import casebook
from keywright.database.models import LedgerEntry, LedgerHead
from keywright.errors import Stop
from keywright.ledger.ledger import hash_of
from keywright.model.case import Case, State
from keywright.model.document import fingerprint
from keywright.receipts import store
from keywright.receipts.audit_trail import audit_trail_of
from tasks.write_receipt import catch_up, hand_out, prove, write_receipt
from tests.keywright.console.desk import office as desk_office
from tests.keywright.console.desk import opened
from tests.keywright.console.pages import parsed
from tests.keywright.receipts.keyed import BOT, NUMBER, PRINTED, keyed, masking_fields

pytestmark = pytest.mark.django_db


def written(case: Case, language: str = "en") -> bytes:
    return hand_out(int(case.id), language, desk_office(), "ada", pdf=False)


def words(page: bytes) -> str:
    return " ".join(" ".join(parsed(page).itertext()).split())


def test_the_story_of_a_field_leads_from_its_print_over_the_person_to_what_the_system_shows() -> None:
    case = keyed()

    page = parsed(written(case))

    (row,) = page.xpath("//tr[th[normalize-space(.)='Invoice number']]")
    text = " ".join(" ".join(row.itertext()).split())
    assert "BTG-2041 “BTG-2O41”, read from the text of the PDF, confidence 61.0 %" in text
    assert re.search(r"maria changed BTG-2O41 to BTG-2041, .* UTC\), ledger entry \d+", text)
    assert re.search(r"BTG-2O41.*\(confidence\) Settled by maria, ", text)
    assert [cell.text_content().strip() for cell in row.xpath("td")[-2:]] == ["BTG-2041", "BTG-2041"]
    assert row.xpath(".//img/@alt") == ["Invoice number on page 1: “BTG-2041”"]
    (issued,) = page.xpath("//tr[th[normalize-space(.)='Invoice date']]")
    assert "2026-11-02" in issued.text_content()
    assert issued.xpath("td")[-2].text_content().strip() == "11-02-2026"
    assert "Every check passed." in issued.text_content()


def test_a_receipt_tells_document_bot_run_record_times_and_ledger_positions() -> None:
    case = keyed()
    entries = LedgerEntry.objects.filter(case_id=int(case.id)).order_by("number")
    first, last = entries[0], entries.get(event="case-keyed")

    text = words(written(case))

    for fact in (case.document, "gravel.pdf", NUMBER, "town-hall-payables", last.hash, first.hash, last.body["run"]):
        assert fact in text
    assert "supplier-invoices · Keywright 0." in text
    assert f"entries {first.number} to {last.number}" in text
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d E[SD]T \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)", text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_receipt_needs_nothing_beside_it_and_runs_no_script(language: str) -> None:
    page = parsed(written(keyed(), language))

    assert page.get("lang") == language
    assert not page.xpath("//script | //link | //iframe | //object | //form | //@onload | //@onclick")
    addresses = page.xpath("//@src | //@href | //@srcset | //@action | //@background")
    assert len(addresses) > 5
    assert {address[:22] for address in addresses} == {"data:image/png;base64,"}
    assert "url(" not in "".join(page.xpath("//style/text()"))
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]


def test_every_picture_has_words_and_every_table_its_headings() -> None:
    page = parsed(written(keyed()))

    assert all(alt.strip() for alt in page.xpath("//img/@alt"))
    assert len(page.xpath("//img")) == len(page.xpath("//img/@alt"))
    assert len(page.xpath("//h1")) == 1
    assert not page.xpath("//table[not(thead/tr/th[@scope='col'])]")
    assert not page.xpath("//tbody/tr[not(th[@scope])]")


def test_the_receipt_is_french_for_who_reads_french() -> None:
    text = words(written(keyed(), "fr"))

    assert "Du document à la fiche, champ par champ" in text
    assert "maria a remplacé BTG-2O41 par BTG-2041" in text
    assert "Numéro de facture" in text


def test_the_hash_of_each_language_is_in_the_ledger_and_the_file_verifies() -> None:
    case = keyed()
    english, french = written(case), written(case, "fr")

    (entry,) = LedgerEntry.objects.filter(case_id=int(case.id), event="receipt-kept")
    assert entry.body["html"] == {"en": fingerprint(english), "fr": fingerprint(french)}
    for page in (english, french):
        verification = store.verify(page)
        assert verification.right
        assert f"receipt of case {case.id} " in verification.words


def test_one_changed_byte_is_noticed_wherever_it_is() -> None:
    case = keyed()
    page = written(case)

    for place in range(0, len(page), len(page) // 60):
        changed = page[:place] + bytes([page[place] ^ 1]) + page[place + 1 :]
        verification = store.verify(changed)
        assert not verification.right
    assert "The file was changed: ledger entry" in verification.words


def test_a_receipt_whose_ledger_entry_is_missing_is_noticed() -> None:
    case = keyed()
    page = written(case)
    LedgerEntry.objects.filter(event="receipt-kept").delete()

    verification = store.verify(page)

    assert not verification.right
    assert f"The ledger has no receipt of case {case.id}: the entry is missing" in verification.words


def test_a_receipt_that_was_written_anew_with_its_entry_fails_with_the_chain() -> None:
    case = keyed()
    forged = written(case).replace(b"BTG-2041", b"BTG-9999")
    entry = LedgerEntry.objects.get(event="receipt-kept")
    LedgerEntry.objects.filter(pk=entry.pk).update(body={**entry.body, "html": {"en": fingerprint(forged)}})

    verification = store.verify(forged)

    assert not verification.right
    assert "the ledger fails: Entry" in verification.words


def test_a_ledger_rewritten_with_fresh_hashes_to_its_end_is_told_by_its_head() -> None:
    case = keyed()
    written(case)
    entry = LedgerEntry.objects.order_by("-number")[0]
    entry.actor = "nobody"
    LedgerEntry.objects.filter(pk=entry.pk).update(actor="nobody", hash=hash_of(entry))
    assert LedgerHead.objects.get().hash != hash_of(entry)

    assert not store.verify(written(case)).right


def test_what_is_no_receipt_is_told_so() -> None:
    assert "is not a receipt of Keywright" in store.verify(b"%PDF-1.7 a letter").words


def test_a_receipt_is_written_once_and_stays() -> None:
    case = keyed()
    bot = bot_named(BOT)

    first = write_receipt(int(case.id), bot, desk_office())

    assert write_receipt(int(case.id), bot, desk_office()) == first
    assert store.keep(audit_trail_of(int(case.id)), {"en": b"x"}, store.archive(), actor="robot") == first
    assert LedgerEntry.objects.filter(event="receipt-kept").count() == 1


def test_a_case_that_was_not_keyed_has_no_receipt() -> None:
    case = opened("new.pdf")
    with pytest.raises(Stop, match=f"Case {case.id} is received: only a keyed case has a receipt"):
        written(case)
    with pytest.raises(Stop, match="There is no case 999999"):
        audit_trail_of(999999)


def test_a_disk_that_takes_no_receipt_undoes_nothing_and_the_next_run_makes_up_for_it() -> None:
    case, bot, here = keyed("full.pdf"), bot_named(BOT), desk_office()
    folder = here.settings.receipts
    aside = folder.with_name("aside")
    if folder.exists():
        folder.rename(aside)
    folder.write_bytes(b"")  # nothing can be kept in what is no folder
    try:
        prove(case, bot, here)
        assert casebook.get(case.id).state is State.KEYED
        assert not store.kept(int(case.id))
        assert store.without_receipt(BOT, 9) == [int(case.id)]
    finally:
        folder.unlink()
        if aside.exists():
            aside.rename(folder)

    catch_up(bot, here)

    assert store.without_receipt(BOT, 9) == []
    assert store.verify(written(case)).right


def test_pages_whose_pictures_are_gone_are_drawn_anew_for_the_receipt() -> None:
    case = keyed("gone.pdf")
    for sha256, _width in audit_trail_of(int(case.id)).drawn.values():
        desk_office().pictures.path(sha256).unlink()

    page = parsed(written(case))

    assert len(page.xpath("//td/img")) == len(PRINTED)


def test_while_the_document_is_gone_no_poorer_receipt_takes_the_place_of_the_whole_one() -> None:
    case = keyed("gone.pdf")
    for sha256, _width in audit_trail_of(int(case.id)).drawn.values():
        desk_office().pictures.path(sha256).unlink()
    desk_office().document(case).unlink()

    with pytest.raises(Stop, match="cannot be opened"):
        written(case)
    assert not store.kept(int(case.id))


def test_a_masked_value_stands_nowhere_on_its_receipt_and_not_in_the_ledger() -> None:
    with masking_fields("seller_name"):
        case = keyed("masked.pdf")
        page = written(case)
        bodies = str(list(LedgerEntry.objects.filter(case_id=int(case.id)).values_list("body", flat=True)))

    assert b"Bruce Trail" not in page
    assert "Bruce Trail" not in bodies
    (row,) = parsed(page).xpath("//tr[th[normalize-space(.)='Seller']]")
    masks = set(re.findall(r"\[masked [0-9a-f]{8}\]", row.text_content()))
    assert len(masks) == 1, "read, typed and shown are the same value, so they bear the same mask"
    assert row.xpath(".//img/@alt") == ["Seller on page 1: masked"]
    assert "Masked by a setting of the office: Seller" in words(page)
