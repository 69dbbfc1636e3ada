"""Entries that are older than they must be kept. The chain stays verifiable from the first that is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from dashboard.audit.models import Entry, Seal

BATCH = 500


def old_days(before: date) -> list[tuple[date, int]]:
    """Return the days before this one that still have entries, oldest first, and how many each has."""
    days = Entry.objects.filter(day__lt=before).values_list("day").annotate(Count("pk")).order_by("day")
    return [(day, count) for day, count in days]


def prune(day: date) -> Iterator[int]:
    """Seal a day, then delete its entries, and yield the size of each batch. It can be begun again."""
    entries = Entry.objects.filter(day=day)
    if not Seal.objects.filter(pk=day).exists():
        last = entries.latest("number")
        Seal(day=day, entries=last.number, hash=last.hash, pruned_at=timezone.now()).save()
    while ids := list(entries.order_by("number").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            # Past the model, which deletes nothing. The database lets entries of a sealed day go.
            Entry.objects.filter(pk__in=ids)._raw_delete(using=entries.db)
        yield len(ids)
