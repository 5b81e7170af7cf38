"""The tables of the office: documents, cases, keyings and the ledger."""

from __future__ import annotations

import secrets

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from keywright.database import coding as coding
from keywright.database import confirmations as confirmations
from keywright.database import layouts as layouts
from keywright.database import orders as orders
from keywright.model.case import State
from keywright.model.values.bank_accounts import account_fault


class StoredDocument(models.Model):
    """An incoming file; its bytes are in the archive under the same hash."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    media_type = models.CharField(max_length=100)
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField(default=timezone.now)
    origin = models.CharField(max_length=500)
    file_key = models.GeneratedField(
        expression=Lower("file_name"), output_field=models.CharField(max_length=255), db_persist=True, db_index=True
    )


class StoredCase(models.Model):
    """The current state of a case. Only ``keywright.cases.casebook`` and the queues write here.

    ``first_page`` to ``last_page`` are the case's pages if its document holds several cases. ``sender`` to ``currency``
    are the columns for lists and searches (``sender_key`` and ``paper_number`` folded); ``kind`` is the kind of
    exception for which a person has it, since ``referred_at``, to be settled by ``due_at``. ``assigned_to`` is the
    person it was handed over to; ``claimed_by`` has it open, until ``claimed_until`` at the latest. ``layout`` is that
    of its document, if its type has layouts.
    """

    bot = models.CharField(max_length=100)
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="cases")
    part = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=[(s, s) for s in State], default=State.RECEIVED)
    received_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    extraction = models.JSONField(null=True)
    findings = models.JSONField(default=list)
    settled = models.JSONField(default=list)
    payee = models.JSONField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    receipt_number = models.CharField(max_length=100, default="", blank=True)
    lease_holder = models.CharField(max_length=100, default="", blank=True)
    lease_token = models.CharField(max_length=32, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    first_page = models.PositiveIntegerField(null=True)
    last_page = models.PositiveIntegerField(null=True)
    sender = models.CharField(max_length=200, default="", blank=True)
    sender_key = models.CharField(max_length=200, default="", blank=True, db_index=True)
    paper_number = models.CharField(max_length=100, default="", blank=True, db_index=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    kind = models.CharField(max_length=10, default="", blank=True)
    referred_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    parked_until = models.DateTimeField(null=True)
    assigned_to = models.ForeignKey(
        django_settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="assigned_cases"
    )
    claimed_by = models.ForeignKey(
        django_settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="claimed_cases"
    )
    claimed_until = models.DateTimeField(null=True)
    layout = models.ForeignKey("records.StoredLayout", on_delete=models.SET_NULL, null=True, related_name="cases")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["bot", "document", "part"], name="one_case_a_bot_and_document"),
            models.CheckConstraint(
                condition=Q(first_page=None, last_page=None) | Q(first_page__gte=1, last_page__gte=F("first_page")),
                name="a_range_of_pages",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_until=None)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
                name="a_claim_has_an_end",
            ),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="a_known_state"),
            models.CheckConstraint(
                condition=Q(lease_token="", lease_until=None) | (~Q(lease_token="") & Q(lease_until__isnull=False)),
                name="a_lease_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.KEYED.value) | ~Q(receipt_number=""), name="a_keyed_case_has_a_receipt"
            ),
        )
        indexes = (
            models.Index(fields=["bot", "state", "not_before"], name="cases_waiting"),
            models.Index(fields=["state", "changed_at"], name="cases_by_state"),
            models.Index(fields=["bot", "changed_at"], name="cases_by_bot"),
            models.Index(fields=["bot", "state", "changed_at"], name="cases_by_bot_and_state"),
            models.Index(fields=["state", "due_at"], name="cases_by_due_time"),
        )


class DuplicateKey(models.Model):
    """One trait by which duplicates of a case are found, like seller and number: see ``keywright.model.duplicates``."""

    case = models.ForeignKey(StoredCase, on_delete=models.CASCADE, related_name="keys")
    rule = models.CharField(max_length=50)
    key = models.CharField(max_length=300)
    number = models.CharField(max_length=200, default="", db_default="", blank=True)
    day = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "rule"], name="one_key_a_case_and_rule"),)
        indexes = (models.Index(fields=["rule", "key", "day"], name="duplicates_by_key_and_day"),)


class Keying(models.Model):
    """The intent to enter one record in one system, its lease, and in the end its receipt.

    There is one row for a (system, identity), so no two cases and no two workers can enter the same record. ``posts``
    counts the committed intents, ``denied`` the ones that left nothing according to a person, and ``looks`` how often
    the record was not found since the last post. ``uncertain`` says that a person is asked; ``named`` is the record's
    number according to a person, ``answer`` the system's reply to the last post.
    """

    system = models.CharField(max_length=100)
    identity = models.CharField(max_length=300)
    case = models.ForeignKey(StoredCase, on_delete=models.PROTECT, related_name="keyings")
    intended_at = models.DateTimeField(null=True)
    posts = models.PositiveIntegerField(default=0)
    denied = models.PositiveIntegerField(default=0)
    looks = models.PositiveIntegerField(default=0)
    uncertain = models.BooleanField(default=False)
    named = models.CharField(max_length=100, default="", blank=True)
    answer = models.CharField(max_length=500, default="", blank=True)
    lease_token = models.CharField(max_length=32, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    receipt = models.JSONField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["system", "identity"], name="one_keying_a_record"),)


class LedgerHead(models.Model):
    """The last entry's number and hash, in one row that every append locks, so that entries are in commit order."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="one_ledger_head"),)


class LedgerEntry(models.Model):
    """One act: who did what, when, to which case, and the hash that chains it to the entry before."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    event = models.CharField(max_length=50)
    case = models.ForeignKey(StoredCase, on_delete=models.PROTECT, null=True, related_name="entries")
    body = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(number__gt=0) & ~Q(hash=F("previous")), name="chained"),)
        indexes = (
            models.Index(fields=["event", "number"], name="entries_by_event"),
            models.Index(fields=["actor", "number"], name="entries_by_actor"),
            models.Index(fields=["at"], name="entries_by_time"),
        )


class CaseComment(models.Model):
    """A person's comment on a case for the next reader."""

    case = models.ForeignKey(StoredCase, on_delete=models.PROTECT, related_name="comments")
    person = models.ForeignKey(django_settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField()

    class Meta:
        ordering = ("at", "pk")
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="a_comment_says_something"),)


class Draft(models.Model):
    """What a person has typed on a review page and not sent yet; it survives a reload, a session and a claim."""

    case = models.ForeignKey(StoredCase, on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    typed = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "person"], name="one_draft_a_case_and_person"),)


class Undoable(models.Model):
    """The last decision on a case, while it can be undone, and the state of the case before it."""

    case = models.OneToOneField(StoredCase, on_delete=models.CASCADE, related_name="undoable")
    person = models.ForeignKey(django_settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=50)
    before = models.JSONField()


class Absence(models.Model):
    """A time for which a person is away, and the deputy for that time."""

    person = models.ForeignKey(django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    deputy = models.ForeignKey(django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deputyships")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="an_absence_ends"),
            models.CheckConstraint(condition=~Q(person=F("deputy")), name="nobody_deputises_for_oneself"),
        )


class Notice(models.Model):
    """One reminder or escalation of one referral: one row for each, so that none is sent twice.

    ``told`` lists the people notified, each with whether the mail went; ``mailed_at`` is when the last mail went. Until
    ``sending_until`` one process is sending it, so that no other does.
    """

    case = models.ForeignKey(StoredCase, on_delete=models.CASCADE, related_name="notices")
    referred_at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=[(k, k) for k in ("reminder", "escalation", "asked")])
    at = models.DateTimeField(default=timezone.now)
    told = models.JSONField(default=list)
    mailed_at = models.DateTimeField(null=True)
    sending_until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "referred_at", "kind"], name="one_notice_a_referral_and_kind"),
        )


class BotAccess(models.Model):
    """A group, for example a department, that sees a bot's cases; a bot without a row is seen by every group."""

    group = models.ForeignKey("auth.Group", on_delete=models.CASCADE, related_name="bots_seen")
    bot = models.CharField(max_length=100)

    class Meta:
        verbose_name = "department's bot"
        constraints = (models.UniqueConstraint(fields=["group", "bot"], name="one_row_a_group_and_bot"),)


class Sample(models.Model):
    """A case that a robot would have keyed alone, shown to a person without the robot's values: the values of both."""

    case = models.OneToOneField(StoredCase, on_delete=models.PROTECT, related_name="sample")
    drawn_at = models.DateTimeField(default=timezone.now)
    robot = models.JSONField()
    person = models.ForeignKey(django_settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.JSONField(null=True)
    truth = models.JSONField(null=True)


class ApiToken(models.Model):
    """A token for the API: its owner and its scopes. Only the hash of the token itself is stored."""

    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class GivenPassword(models.Model):
    """This person's password was set by another person: the first sign-in with it asks for a new one."""

    person = models.OneToOneField(
        django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="given_password"
    )
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.CharField(max_length=150)


class Lockout(models.Model):
    """Failed attempts to sign in, counted by name and address, and until when further ones are refused.

    A row with an empty ``address`` counts for a name from everywhere, one with an empty ``name`` for an address.
    """

    name = models.CharField(max_length=150, default="", blank=True)
    address = models.CharField(max_length=45, default="", blank=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["name", "address"], name="one_count_a_name_and_address"),)


class PagePicture(models.Model):
    """The picture of one page: its size in points; the PNG is in the picture archive."""

    document = models.ForeignKey(StoredDocument, on_delete=models.CASCADE, related_name="pictures")
    page = models.PositiveIntegerField()
    width = models.FloatField()
    height = models.FloatField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ("page",)
        constraints = (models.UniqueConstraint(fields=["document", "page"], name="one_picture_a_page"),)


def new_version() -> int:
    """Return a random number that almost certainly differs from every earlier version."""
    return secrets.randbelow(2**31)


class StoredVendor(models.Model):
    """A vendor of the vendor master. Fields with several names, numbers or accounts have one a line.

    Each change gives it a new ``version``, so that the sum of all versions shows whether anything has changed.
    """

    number = models.CharField(max_length=50, unique=True, help_text="As the target system numbers the vendor.")
    name = models.CharField(max_length=200, help_text="As the target system spells it.")
    other_names = models.TextField(default="", blank=True, help_text="Trade and former names, one a line.")
    tax_numbers = models.TextField(default="", blank=True, help_text="GST/HST, QST, VAT numbers, one a line.")
    bank_accounts = models.TextField(
        default="", blank=True, help_text="IBANs, or institution-transit-account, one a line."
    )
    address = models.TextField(default="", blank=True)
    expense_account = models.CharField(
        max_length=50, default="", blank=True, help_text="On which its lines are booked."
    )
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=new_version, editable=False)

    class Meta:
        verbose_name = "vendor"
        ordering = ("number",)
        constraints = (models.CheckConstraint(condition=~Q(number="") & ~Q(name=""), name="a_vendor_has_a_name"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    def clean(self) -> None:
        """Refuse a bank account that is not valid."""
        accounts = filter(None, map(str.strip, self.bank_accounts.splitlines()))
        if wrong := [f"{account}: {fault}." for account in accounts if (fault := account_fault(account))]:
            raise ValidationError({"bank_accounts": wrong})
