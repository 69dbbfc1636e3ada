"""What was found in Sentry, kept: error counts per call, and which stretches of time they cover."""

from __future__ import annotations

from django.db import models


class SyncState(models.Model):
    """How far the counts reach without a gap, per origin (where answers come from)."""

    origin = models.CharField(max_length=80, unique=True)
    covered_from = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    hint = models.TextField(blank=True)
    failed_at = models.DateTimeField(null=True)


class Check(models.Model):
    """One question that was answered: about one call, or (without an id) about every call of a stretch."""

    origin = models.CharField(max_length=80)
    correlation_id = models.CharField(max_length=200, blank=True)
    start = models.DateTimeField()
    end = models.DateTimeField()
    asked_at = models.DateTimeField()
    limit = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["origin", "correlation_id", "start"], name="one_check_a_start")
        ]


class Tally(models.Model):
    """How many events of one level a call had in one environment, as one check counted them."""

    check_made = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="tallies")
    correlation_id = models.CharField(max_length=200)
    environment = models.CharField(max_length=64, blank=True)
    level = models.CharField(max_length=10)
    count = models.PositiveIntegerField()
    last_title = models.CharField(max_length=500, blank=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        verbose_name_plural = "tallies"
        indexes = [
            models.Index(fields=["correlation_id"], name="tally_of_a_call"),
            models.Index(fields=["level", "correlation_id"], name="tally_level"),
        ]


class ComparisonReport(models.Model):
    """The last comparison of the old and the new way of asking, one an environment."""

    environment = models.CharField(max_length=64, unique=True)
    period = models.CharField(max_length=10)
    made_at = models.DateTimeField()
    report = models.JSONField()
