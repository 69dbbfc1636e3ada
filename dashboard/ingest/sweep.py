"""Calls whose end was never told, closed. What became of them stays unknown: nothing is made up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from dashboard.calls.models import Call
from dashboard.calls.vocabulary import EndedReason, Platform, Status
from dashboard.ingest.record import record_reports
from dashboard.ingest.reports import GUESS, Ending, Report

BATCH = 500


def close_silent_calls(now: datetime, after: timedelta | None = None) -> int:
    """Close the calls of which nothing was heard for `after`, and return how many.

    It is only a guess: an end event that comes later wins. A scheduled call is not silent, it has not begun.
    """
    if after is None:
        after = timedelta(hours=settings.CALL_END_TIMEOUT_HOURS)
    closed = 0
    while batch := _close_some(now, now - after):
        closed += batch
    return closed


@transaction.atomic
def _close_some(now: datetime, silent_since: datetime) -> int:
    calls = list(
        Call.objects.exclude(status=Status.ENDED)
        .exclude(status=Status.SCHEDULED)
        .filter(updated_at__lt=silent_since)
        .select_for_update(skip_locked=True)
        .order_by("updated_at")[:BATCH]
    )
    record_reports([_closing(call, now) for call in calls])
    return len(calls)


def _closing(call: Call, now: datetime) -> Report:
    return Report(
        platform=Platform(call.platform),
        platform_call_id=call.platform_call_id,
        environment=call.environment,
        at=now,
        sureness={"ending": GUESS},
        status=Status.ENDED,
        ending=Ending(reason=EndedReason.NO_END_EVENT),
    )
