from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dashboard.calls.search import LONGEST_ID
from dashboard.evidence.content import digest, read

LONGEST_REASON = 500


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def taken(self) -> EvidenceQuerySet:
        return self.exclude(taken_at=None)

    def waiting(self) -> EvidenceQuerySet:
        return self.filter(taken_at=None)

    def of_itself(self) -> EvidenceQuerySet:
        """Keep what nobody asked for: pinned because the call failed."""
        return self.filter(is_automatic=True)

    def newest_first(self) -> EvidenceQuerySet:
        return self.order_by("-pinned_at", "-id")

    def without_hold(self) -> EvidenceQuerySet:
        return self.exclude(call_id__in=Hold.objects.active().values("call_id"))


class Evidence(models.Model):
    """What was known of one call at one moment. It names its call without a key: it outlives the call."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call_id = models.UUIDField(db_index=True)
    platform_call_id = models.CharField(max_length=LONGEST_ID)
    started_at = models.DateTimeField(help_text="When the call started.")
    is_automatic = models.BooleanField(default=False)
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    pinned_at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text="Why it is not taken yet.")
    taken_at = models.DateTimeField(null=True, blank=True)
    content = models.TextField(blank=True, help_text="The redacted snapshot as JSON, never changed.")
    sha256 = models.CharField(max_length=64, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            # Two clicks, or a click and the timer, wait for one and the same snapshot.
            models.UniqueConstraint(fields=["call_id"], condition=Q(taken_at=None), name="one_waiting_a_call")
        ]
        indexes = [models.Index(fields=["pinned_at"], name="evidence_oldest")]

    def __str__(self) -> str:
        return f"Evidence of {self.platform_call_id}"

    @property
    def is_unchanged(self) -> bool:
        """Whether the content is still the one that was hashed."""
        return digest(self.content) == self.sha256

    @property
    def snapshot(self) -> dict[str, Any]:
        return read(self.content)


class HoldQuerySet(models.QuerySet["Hold"]):
    def active(self) -> HoldQuerySet:
        return self.filter(released_at=None)


class Hold(models.Model):
    """A legal hold: nothing of the call is deleted, by age or on request, until it is released."""

    call_id = models.UUIDField(db_index=True)
    platform_call_id = models.CharField(max_length=LONGEST_ID)
    reason = models.CharField(max_length=LONGEST_REASON)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    placed_at = models.DateTimeField(db_default=Now())
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    released_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call_id"], condition=Q(released_at=None), name="one_hold_a_call")
        ]

    def __str__(self) -> str:
        return f"Hold of {self.platform_call_id}"
