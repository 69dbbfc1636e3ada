from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from dashboard.calls.models import Call
from dashboard.calls.search import LONGEST_ID
from dashboard.calls.vocabulary import Platform
from sentry_logs.masking import mask_text


class Delivery(models.Model):
    """One webhook as it came, stored before it is acknowledged, so that nothing we said yes to is lost."""

    class Verdict(models.TextChoices):
        WAITING = "waiting", "Not read yet"
        RECORDED = "recorded", "Recorded"
        NO_CALL = "no_call", "Says nothing of a call"
        UNKNOWN_TYPE = "unknown_type", "Unknown type of event"
        UNPARSED = "unparsed", "Could not be read"
        ERASED = "erased", "Of an erased call"

    environment = models.CharField(max_length=64)
    platform = models.CharField(max_length=40, choices=Platform)
    dedupe_key = models.CharField(max_length=64, help_text="The same for every repetition of one event.")
    event_type = models.CharField(max_length=100, blank=True)
    verdict = models.CharField(max_length=20, choices=Verdict, default=Verdict.WAITING)
    problem = models.TextField(blank=True, help_text="Why it could not be read.")
    call = models.ForeignKey(Call, models.SET_NULL, null=True, blank=True, related_name="deliveries")
    platform_call_id = models.CharField(max_length=LONGEST_ID, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(help_text="The raw bytes.")
    event_at = models.DateTimeField(null=True, blank=True, help_text="When the platform says it happened.")
    received_at = models.DateTimeField(db_default=Now())
    seen = models.PositiveIntegerField(default=1, help_text="How many times it came.")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "platform", "dedupe_key"], name="one_row_a_delivery"
            )
        ]
        indexes = [
            models.Index(fields=["-received_at"], name="delivery_newest"),
            models.Index(fields=["verdict", "-received_at"], name="delivery_verdict_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} {self.event_type or 'delivery'} {self.pk}"


class Refusal(models.Model):
    """How many webhooks were refused in an hour; the requests themselves are not kept."""

    environment = models.CharField(max_length=64)
    platform = models.CharField(max_length=40, choices=Platform)
    reason = models.CharField(max_length=40)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "platform", "reason", "hour"], name="one_row_a_refusal"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} {self.reason}: {self.count}"


class UnknownReason(models.Model):
    """An ended reason that no rule knows yet, listed for the admin."""

    platform = models.CharField(max_length=40, choices=Platform)
    reason = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "reason"], name="one_row_a_reason")]

    def __str__(self) -> str:
        return f"{self.get_platform_display()}: {mask_text(self.reason)}"
