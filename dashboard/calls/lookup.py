"""What the logs pages, which know ids only, may ask about calls: links to them, and which there were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from dashboard.calls.models import Call
from dashboard.calls.phone import mask
from sentry_logs.answers import CallToCheck


class CallLink(NamedTuple):
    url: str
    label: str
    detail: str


def call_links(correlation_ids: Sequence[str]) -> dict[str, CallLink]:
    """Return a link for every id that is a call's, in one query; of several calls the newest wins."""
    calls = Call.objects.with_correlation_ids(correlation_ids).oldest_first()
    return {call.platform_call_id: _link(call) for call in calls}


def calls_between(environment: str, start: datetime, end: datetime, at_most: int) -> list[CallToCheck]:
    """Return the calls that started in a stretch of time, oldest first; of too many, evenly picked ones."""
    calls = Call.objects.in_environment(environment).started_between(start, end).oldest_first()
    keys = list(calls.values_list("pk", flat=True))
    if len(keys) > at_most:
        keys = [keys[number * len(keys) // at_most] for number in range(at_most)]
    facts = calls.filter(pk__in=keys).values_list("platform_call_id", "started_at", "ended_at")
    return [CallToCheck(*fact) for fact in facts]


def _link(call: Call) -> CallLink:
    detail = call.get_status_display() if call.in_progress else call.get_outcome_display()
    return CallLink(call.get_absolute_url(), mask(call.person_number), str(detail))
