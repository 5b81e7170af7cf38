"""Which bank accounts of vendors count: an account put on file by one person needs the confirmation of a second.

An account from an import, from IT, or from the first bill that prints it, may belong to a thief. It is questioned on
each bill that prints it, until a second person has accepted it there or confirmed it beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from keywright import clock
from keywright.database.confirmations import VendorAccount
from keywright.database.models import StoredVendor
from keywright.ledger import ledger
from keywright.model.values.bank_accounts import PrintedAccount, account_key
from keywright.model.vendor import KnownAccount
from keywright.people import account_confirmation


def put(vendor: str, before: Sequence[str], after: Sequence[str], *, by: str) -> None:
    """Record which accounts of a vendor are put on file and removed, in the transaction that does it.

    A new account does not count yet, and a removed one no longer counts, even if it is put on file again. The caller
    writes both to the ledger.
    """
    earlier, later = ({account_key(account)[:64]: account for account in accounts} for accounts in (before, after))
    rows = VendorAccount.objects.filter(vendor=vendor)
    rows.filter(key__in=earlier.keys() - later.keys()).delete()
    new = later.keys() - earlier.keys()
    standing = set(rows.filter(key__in=new).values_list("key", flat=True))
    rows.filter(Q(confirmed_by="") | Q(put_by=""), key__in=new).update(put_by=by, put_at=clock.now())
    VendorAccount.objects.bulk_create(
        VendorAccount(vendor=vendor, key=key, account=account[:100], put_by=by, put_at=clock.now())
        for key, account in later.items()
        if key in new - standing
    )


def known(vendor: str) -> tuple[KnownAccount, ...]:
    """Return what people have recorded about the accounts of a vendor, in addition to the vendor master."""
    return tuple(
        KnownAccount(row.key, bool(row.confirmed_by), row.put_by, account_confirmation.excluded_by(row.put_by))
        for row in VendorAccount.objects.filter(vendor=vendor).order_by("pk")
    )


def accept(vendor: str, accounts: Iterable[str], *, by: str, case: int) -> None:
    """Record that a second person accepted these accounts on a bill: from now on they count.

    An account on file that is printed only in part counts if it is the only possible one. A masked account shows too
    little to be recognised later. Runs in the transaction of the decision.
    """
    for account in accounts:
        printed = PrintedAccount(account)
        if printed.is_masked:
            continue
        row = _meant(vendor, printed) or VendorAccount(vendor=vendor, key=printed.key[:64], account=account[:100])
        row.confirmed_by, row.confirmed_at, row.case_id = by, clock.now(), case
        row.save()


def _meant(vendor: str, printed: PrintedAccount) -> VendorAccount | None:
    """Return the row of the printed account: the same one, or the only unconfirmed row that it could be."""
    rows = VendorAccount.objects.filter(vendor=vendor)
    if exact := rows.filter(key=printed.key[:64]).first():
        return exact
    possible = [row for row in rows.filter(confirmed_by="") if printed.may_be(row.key)]
    return possible[0] if len(possible) == 1 else None


def take_back(case: int) -> None:
    """Withdraw all accounts that were accepted on the bill of a case whose decision is undone."""
    rows = VendorAccount.objects.filter(case_id=case)
    rows.filter(put_by="").delete()
    rows.update(confirmed_by="", confirmed_at=None, case=None)


def waiting() -> QuerySet[VendorAccount]:
    """Return the accounts on file that need a second person, by vendor."""
    return VendorAccount.objects.filter(confirmed_by="").exclude(put_by="").order_by("vendor", "pk")


def on_paper() -> QuerySet[VendorAccount]:
    """Return the accounts that count because they were accepted on a bill, but are not on file, by vendor."""
    return VendorAccount.objects.filter(put_by="").exclude(confirmed_by="").order_by("vendor", "pk")


def confirm(person: User, numbers: Iterable[int]) -> tuple[int, int]:
    """Confirm accounts on file; return how many, and how many this person cannot confirm after an own part in them."""
    done = refused = 0
    with transaction.atomic():
        for row in waiting().filter(pk__in=list(numbers)).select_for_update():
            if not may_confirm(person, row):
                refused += 1
                continue
            row.confirmed_by, row.confirmed_at = person.get_username(), clock.now()
            row.save(update_fields=["confirmed_by", "confirmed_at"])
            body = {"vendor": row.vendor, "account": row.account, "put_by": row.put_by}
            ledger.append("vendor-account-confirmed", actor=person.get_username(), body=body)
            done += 1
    return done, refused


def withdraw(person: User, numbers: Iterable[int]) -> int:
    """Withdraw accounts that were accepted on a bill and are not on file; return how many."""
    done = 0
    with transaction.atomic():
        for row in on_paper().filter(pk__in=list(numbers)).select_for_update():
            if not may_confirm(person, row):
                continue
            body = {"vendor": row.vendor, "account": row.account, "accepted_by": row.confirmed_by}
            ledger.append("vendor-account-withdrawn", actor=person.get_username(), case=row.case_id, body=body)
            row.delete()
            done += 1
    return done


def may_confirm(person: User, row: VendorAccount) -> bool:
    """Return True if a person can be the second person for an account."""
    return account_confirmation.is_own(person.get_username()) and account_confirmation.had_no_hand(person, [row.put_by])


def names() -> dict[str, str]:
    """Return the names of the vendors with accounts that wait, or count from a bill, by number."""
    accounts = VendorAccount.objects.filter(Q(confirmed_by="") | Q(put_by=""))
    return dict(StoredVendor.objects.filter(number__in=accounts.values("vendor")).values_list("number", "name"))
