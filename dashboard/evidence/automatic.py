"""Failing calls pinned by themselves, and what waits for Sentry taken. Never in a page view."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from dashboard.calls.models import Call, CallQuerySet
from dashboard.evidence.models import Evidence
from dashboard.evidence.pins import pin, take
from sentry_logs.answers import ALL_ENVIRONMENTS, BackendName
from sentry_logs.periods import CALL_MARGIN_AFTER, PERIODS
from sentry_logs.services import StillAsking, kept_error_ids

BACKEND: BackendName = "discover"
LOOKS_BACK = timedelta(days=3)
MOST_AT_ONCE = 200
SECONDS = 30.0
"""How long one turn may take; what it did not come to is done by the next."""


def keep_evidence() -> None:
    """Do one turn: what `sentry_sync` calls when the marks are up to date."""
    if settings.EVIDENCE_PIN_FAILING:
        pin_failing(timezone.now())
    for _evidence in take_waiting(SECONDS):
        pass


def pin_failing(now: datetime, looks_back: timedelta = LOOKS_BACK) -> int:
    """Wish for a snapshot of every failing call that has none, and return how many."""
    calls = failing_calls(now, looks_back)[:MOST_AT_ONCE]
    return sum(bool(pin(call)) for call in calls)


def failing_calls(now: datetime, looks_back: timedelta) -> CallQuerySet:
    """Return the calls with errors in Sentry that nobody pinned, oldest first; late events get their time."""
    kept = kept_error_ids(backend=BACKEND, environment=ALL_ENVIRONMENTS, period=PERIODS["24h"])
    if kept is None:
        return Call.objects.none()
    pinned = Evidence.objects.filter(call_id=OuterRef("pk"))
    return (
        Call.objects.started_between(now - looks_back, now)
        .filter(ended_at__lt=now - CALL_MARGIN_AFTER)
        .among(kept.value)
        .exclude(Exists(pinned))
        .oldest_first()
    )


def take_waiting(seconds: float) -> Iterator[Evidence]:
    """Take what waits, oldest first, for so many seconds, and yield each; one that fails ends the turn."""
    deadline = time.monotonic() + seconds
    for evidence in Evidence.objects.waiting().order_by("pinned_at"):
        if time.monotonic() >= deadline:
            return
        try:
            taken = take(evidence, backend=BACKEND, wait=settings.SENTRY_TIMEOUT)
        except StillAsking:
            continue
        if not taken and evidence.problem:
            return
        yield evidence
