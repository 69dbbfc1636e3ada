"""Reports for tests: a call of Vapi in production at noon unless said otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dashboard.calls.vocabulary import EndedBy, EndedReason, Fault, Outcome, Platform, Status
from dashboard.ingest.reports import Ending, Report
from tests.factories import NOON

HANGUP = Ending(
    Outcome.COMPLETED, EndedBy.CALLER, EndedReason.CALLER_HANGUP, Fault.NONE, "customer-ended-call"
)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def report(**facts: Any) -> Report:
    defaults: dict[str, Any] = {
        "platform": Platform.VAPI,
        "platform_call_id": "call-1",
        "environment": "production",
        "at": NOON,
    }
    return Report(**(defaults | facts))


def ended_report(**facts: Any) -> Report:
    """The last word about a call of three minutes that began at noon."""
    defaults: dict[str, Any] = {
        "at": after(181),
        "status": Status.ENDED,
        "started_at": NOON,
        "ended_at": after(180),
        "ending": HANGUP,
        "sureness": {"ending": 2},
    }
    return report(**(defaults | facts))
