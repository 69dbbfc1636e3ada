"""What pages, JSON doors and commands may ask about Sentry. Every answer says how far it can be trusted."""

from __future__ import annotations

from sentry_logs.services.call_events import count_events, events_for_call
from sentry_logs.services.error_ids import error_correlation_ids, kept_error_ids
from sentry_logs.services.events import untagged_events
from sentry_logs.services.groups import grouped_events
from sentry_logs.services.marks import error_marks
from sentry_logs.unavailable import LogsUnavailable, QuestionRefused, StillAsking

__all__ = [
    "LogsUnavailable",
    "QuestionRefused",
    "StillAsking",
    "count_events",
    "error_correlation_ids",
    "error_marks",
    "events_for_call",
    "grouped_events",
    "kept_error_ids",
    "untagged_events",
]
