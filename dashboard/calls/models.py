from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Right
from django.urls import reverse
from django.utils import timezone

from dashboard.calls.pasted import LONGEST_ID, read
from dashboard.calls.search import conditions
from dashboard.calls.vocabulary import (
    BAD_OUTCOMES,
    Direction,
    EndedBy,
    EndedReason,
    Fault,
    Outcome,
    Platform,
    Status,
)
from sentry_logs.answers import ALL_ENVIRONMENTS


class CallQuerySet(models.QuerySet["Call"]):
    def in_environment(self, environment: str) -> CallQuerySet:
        return self if environment == ALL_ENVIRONMENTS else self.filter(environment=environment)

    def beside(self, **facts: str) -> CallQuerySet:
        """Leave out calls with other facts, without letting these choose the index."""
        return self.filter(**{f"{name}__beside": value for name, value in facts.items()})

    def started_between(self, start: datetime, end: datetime) -> CallQuerySet:
        return self.filter(started_at__gte=start, started_at__lt=end)

    def with_outcome(self, outcome: str) -> CallQuerySet:
        return self.filter(outcome=outcome)

    def with_correlation_ids(self, ids: Iterable[str]) -> CallQuerySet:
        """Keep the calls with these ids, which may be a question to another table."""
        return self.filter(platform_call_id__in=ids if isinstance(ids, models.QuerySet) else list(ids))

    def among(self, ids: Iterable[str]) -> CallQuerySet:
        """Do as `with_correlation_ids`, without letting the ids choose the index."""
        return self.filter(platform_call_id__among=ids if isinstance(ids, models.QuerySet) else list(ids))

    def search(self, text: str) -> CallQuerySet:
        """Find calls by any id or number, as it was typed or pasted."""
        if not text.strip():
            return self
        first, *others = (way.values("pk") for way in Call.objects.ways(text))
        return self.filter(pk__in=first.union(*others, all=True) if others else first)

    def ways(self, text: str) -> list[CallQuerySet]:
        """Find the same calls as `search`, as one question an index, each quick in the table's order."""
        if not text.strip():
            return [self]
        return [self.filter(condition) for condition in conditions(read(text))] or [self.none()]

    def newest_first(self) -> CallQuerySet:
        return self.order_by("-started_at", "-id")

    def oldest_first(self) -> CallQuerySet:
        return self.order_by("started_at", "id")

    def before(self, started_at: datetime, pk: uuid.UUID) -> CallQuerySet:
        # This form walks the index; "a < x OR (a = x AND b < y)" scans it.
        return self.filter(Q(started_at__lt=started_at) | Q(id__lt=pk), started_at__lte=started_at)

    def after(self, started_at: datetime, pk: uuid.UUID) -> CallQuerySet:
        return self.filter(Q(started_at__gt=started_at) | Q(id__gt=pk), started_at__gte=started_at)


class Call(models.Model):
    """One phone call, in the same words whatever platform carried it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    platform = models.CharField(max_length=40, choices=Platform)
    platform_call_id = models.CharField(
        max_length=LONGEST_ID,
        db_index=True,
        help_text="The platform's own id; Sentry knows it as correlation id.",
    )
    environment = models.CharField(max_length=64)
    direction = models.CharField(max_length=20, choices=Direction, default=Direction.INBOUND)
    from_number = models.CharField(max_length=100, blank=True)
    to_number = models.CharField(max_length=100, blank=True)
    from_last4 = models.GeneratedField(
        expression=Right("from_number", 4), output_field=models.CharField(max_length=4), db_persist=True
    )
    to_last4 = models.GeneratedField(
        expression=Right("to_number", 4), output_field=models.CharField(max_length=4), db_persist=True
    )
    line = models.CharField(max_length=100, blank=True, help_text="The business that was called.")
    agent_id = models.CharField(max_length=100, blank=True)
    agent_name = models.CharField(max_length=100, blank=True)
    agent_version = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.IN_PROGRESS)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.UNKNOWN)
    ended_by = models.CharField(max_length=20, choices=EndedBy, default=EndedBy.UNKNOWN)
    ended_reason = models.CharField(max_length=40, choices=EndedReason, default=EndedReason.UNKNOWN)
    ended_reason_raw = models.CharField(max_length=200, blank=True, help_text="As the platform said it.")
    fault = models.CharField(max_length=20, choices=Fault, default=Fault.UNKNOWN)
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    duration_ms = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True, db_default=Now(), editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "platform", "platform_call_id"], name="one_row_a_call"
            ),
            models.CheckConstraint(condition=~Q(platform_call_id=""), name="call_has_an_id"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="call_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="call_newest"),
            models.Index(fields=["environment", "-started_at", "-id"], name="call_environment_newest"),
            models.Index(fields=["outcome", "-started_at", "-id"], name="call_outcome_newest"),
            models.Index(fields=["environment", "outcome", "-started_at", "-id"], name="call_both_newest"),
            # The number itself too: lines with the same last digits are told apart within the index.
            models.Index(fields=["from_last4", "-started_at", "-id", "from_number"], name="call_from_newest"),
            models.Index(fields=["to_last4", "-started_at", "-id", "to_number"], name="call_to_newest"),
            # An open table asks what came since its last look.
            models.Index(fields=["created_at"], name="call_arrived"),
            # Only a few calls run at a time; the sweep looks for those that are silent.
            models.Index(fields=["updated_at"], name="call_running", condition=~Q(status=Status.ENDED)),
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} {self.platform_call_id}"

    def get_absolute_url(self) -> str:
        return reverse("calls:detail", args=[self.pk])

    @property
    def person_number(self) -> str:
        """The number of the person, who calls us or is called by us."""
        return self.from_number if self.is_inbound else self.to_number

    @property
    def is_inbound(self) -> bool:
        return self.direction == Direction.INBOUND

    @property
    def in_progress(self) -> bool:
        return self.ended_at is None and self.status != Status.ENDED

    @property
    def seconds(self) -> int | None:
        """The length of the call, so far while it runs."""
        if self.duration_ms is not None:
            return round(self.duration_ms / 1000)
        if not self.in_progress:
            return None
        since = self.answered_at or self.started_at
        return max(0, int((timezone.now() - since).total_seconds()))

    @property
    def went_badly(self) -> bool:
        return self.outcome in BAD_OUTCOMES

    @property
    def reason(self) -> str:
        """Why it ended, in plain words; empty when nobody knows."""
        return "" if self.ended_reason == EndedReason.UNKNOWN else self.get_ended_reason_display()


class CallDetail(models.Model):
    """What only the page of one call shows, kept apart so that the table of calls stays lean."""

    call = models.OneToOneField(Call, models.CASCADE, primary_key=True, related_name="detail")
    transcript = models.JSONField(default=list, help_text="Turns: role, text, atMs since the start.")
    tool_calls = models.JSONField(default=list, help_text="Tools: name, atMs, arguments, result, failed.")
    summary = models.TextField(blank=True)
    success = models.BooleanField(null=True, blank=True)
    sentiment = models.CharField(max_length=40, blank=True)
    transfer_to = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=20, blank=True)
    recording_url = models.CharField(max_length=2000, blank=True)
    recording_expires_at = models.DateTimeField(null=True, blank=True)
    cost_amount = models.DecimalField(max_digits=14, decimal_places=6, null=True, blank=True)
    cost_currency = models.CharField(max_length=10, blank=True, help_text="An ISO code, or “credits”.")
    latency = models.JSONField(default=dict, help_text="Milliseconds by name, such as turnP50Ms.")
    metadata = models.JSONField(default=dict, help_text="What the sender attached, as it came.")
    stamps = models.JSONField(
        default=dict, help_text="Which report each fact is from; a later or better one replaces it."
    )

    def __str__(self) -> str:
        return str(self.call)

    @property
    def recording_link(self) -> str:
        """The recording's address if it is one of the web; nobody should run what a platform sends."""
        return self.recording_url if self.recording_url.startswith(("https://", "http://")) else ""


class CallAlias(models.Model):
    """Another id of a call: the carrier's, a room's, a trace's."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="aliases")
    kind = models.CharField(max_length=40, help_text="Such as twilio_call_sid, room_sid, trace_id.")
    value = models.CharField(max_length=LONGEST_ID)

    class Meta:
        verbose_name_plural = "call aliases"
        constraints = [models.UniqueConstraint(fields=["call", "kind", "value"], name="one_row_an_alias")]
        # Of PostgreSQL's kinds, this one finds whole values and their starts.
        indexes = [models.Index(fields=["value"], name="alias_start", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
