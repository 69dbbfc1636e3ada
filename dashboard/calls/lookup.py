"""Links from correlation ids to the calls they belong to, for pages that know ids only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dashboard.calls.models import Call
from dashboard.calls.phone import mask


class CallLink(NamedTuple):
    url: str
    label: str
    detail: str


def call_links(correlation_ids: Sequence[str]) -> dict[str, CallLink]:
    """Return a link for every id that is a call's, in one query; of several calls the newest wins."""
    calls = Call.objects.with_correlation_ids(correlation_ids).oldest_first()
    return {call.platform_call_id: _link(call) for call in calls}


def _link(call: Call) -> CallLink:
    detail = call.get_status_display() if call.in_progress else call.get_outcome_display()
    return CallLink(call.get_absolute_url(), mask(call.person_number), str(detail))
