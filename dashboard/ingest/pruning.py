"""What is older than it may be, deleted a few hundred rows at a time, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dashboard.calls.models import Call
from dashboard.evidence.models import Hold
from dashboard.ingest.models import Delivery, Refusal

BATCH = 500


def held_calls() -> QuerySet[Hold, UUID]:
    return Hold.objects.active().values_list("call_id", flat=True)


def old_calls(before: datetime) -> QuerySet[Call]:
    """A legal hold wins over any age."""
    return Call.objects.filter(started_at__lt=before).exclude(pk__in=held_calls()).order_by("started_at")


def old_deliveries(before: datetime) -> QuerySet[Delivery]:
    old = Delivery.objects.filter(received_at__lt=before)
    return old.exclude(call__isnull=False, call__in=held_calls()).order_by("received_at")


def old_refusals(before: datetime) -> QuerySet[Refusal]:
    return Refusal.objects.filter(hour__lt=before).order_by("hour")


def prune(rows: QuerySet[Any]) -> Iterator[int]:
    """Delete rows batch by batch, and yield the size of each. It can be broken off and begun again."""
    while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=ids).delete()
        yield len(ids)
