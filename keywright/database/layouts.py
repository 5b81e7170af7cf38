"""The tables of layouts: what is known of each, its confirmed documents, its words, and the versions of its profile."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from keywright.model.layout import LayoutState


class StoredLayout(models.Model):
    """A layout: the fixed print that the documents of one sender share.

    ``sender`` is the name on its confirmed documents (``sender_key``: folded for a search), ``owner`` the values by
    which its documents are recognised, one a line, and ``vendor`` the sender's number in the vendor master, if it is on
    file. ``anchors`` are its fixed words with their places. ``version`` is the number of the profile in use, None
    before the first. Confirmations from before ``asked_again_at`` make it trusted no more.
    """

    document_type = models.CharField(max_length=100)
    sender = models.CharField(max_length=200, default="", blank=True)
    sender_key = models.CharField(max_length=200, default="", blank=True)
    owner = models.TextField(default="", blank=True)
    vendor = models.CharField(max_length=50, default="", blank=True, db_index=True)
    state = models.CharField(max_length=10, choices=[(s, s) for s in LayoutState], default=LayoutState.UNKNOWN)
    anchors = models.JSONField(default=dict)
    version = models.PositiveIntegerField(null=True)
    asked_again_at = models.DateTimeField(null=True)
    first_case = models.ForeignKey("records.StoredCase", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=[s.value for s in LayoutState]), name="a_known_layout_state"),
            models.CheckConstraint(
                condition=~Q(state=LayoutState.TRUSTED.value) | Q(version__isnull=False),
                name="a_trusted_layout_has_a_profile",
            ),
        )
        indexes = (
            models.Index(fields=["state", "changed_at"], name="layouts_by_state"),
            models.Index(fields=["changed_at"], name="layouts_by_change"),
        )

    def __str__(self) -> str:
        return f"layout {self.pk} ({self.sender or 'unknown sender'})"


class LayoutVersion(models.Model):
    """One version of a layout's profile, and what replaying it on the confirmed documents showed.

    ``gained`` and ``lost`` list fields of documents that this version reads right and the one before did not, and the
    other way round. A version that would lose a value is ``held`` until IT takes it. Later versions build on one that
    was ``imported`` from a file.
    """

    STATES = ("used", "replaced", "held", "rolled-back")
    layout = models.ForeignKey(StoredLayout, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=[(s, s) for s in STATES])
    profile = models.JSONField()
    gained = models.JSONField(default=list)
    lost = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.CharField(max_length=150)
    imported = models.BooleanField(default=False)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["layout", "number"], name="one_version_a_layout_and_number"),
            models.UniqueConstraint(fields=["layout"], condition=Q(state="used"), name="one_version_in_use"),
        )


class LayoutDocument(models.Model):
    """A document that a person has confirmed: its words (compressed JSON), the right values and the proposed ones.

    ``corrected`` are the fields that the person changed; ``accepted`` has the rule of each finding that was asked
    about, and whether the person accepted it. A document that is not ``used`` is learned from no more, because its
    version was rolled back.
    """

    layout = models.ForeignKey(StoredLayout, on_delete=models.CASCADE, related_name="documents")
    case = models.OneToOneField("records.StoredCase", on_delete=models.CASCADE, related_name="layout_document")
    confirmed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.CharField(max_length=150)
    words = models.BinaryField()
    values = models.JSONField()
    read = models.JSONField()
    corrected = models.JSONField(default=list)
    accepted = models.JSONField(default=dict)
    used = models.BooleanField(default=True)

    class Meta:
        ordering = ("confirmed_at", "pk")


class LayoutWord(models.Model):
    """One fixed word of a layout, by which the layout is looked up."""

    layout = models.ForeignKey(StoredLayout, on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["word", "layout"], name="one_row_a_word_and_layout"),)


class WordCount(models.Model):
    """On how many layouts a word is: rare words tell layouts apart."""

    word = models.CharField(max_length=40, primary_key=True)
    layouts = models.PositiveIntegerField(default=0)
