"""What pages, JSON doors and commands may ask about Sentry. Every answer says how far it can be trusted."""

from __future__ import annotations

from sentry_logs.services.call_events import count_events, events_for_call, known_events_for_call
from sentry_logs.services.error_ids import error_correlation_ids, kept_error_ids
from sentry_logs.services.event import whole_event
from sentry_logs.services.events import untagged_events
from sentry_logs.services.finding import carried_by
from sentry_logs.services.groups import grouped_events
from sentry_logs.services.issues import calls_of_issue
from sentry_logs.services.kept import forget_calls, old_marks
from sentry_logs.services.marks import error_marks
from sentry_logs.unavailable import LogsUnavailable, QuestionRefused, StillAsking

__all__ = [
    "LogsUnavailable",
    "QuestionRefused",
    "StillAsking",
    "calls_of_issue",
    "carried_by",
    "count_events",
    "error_correlation_ids",
    "error_marks",
    "events_for_call",
    "forget_calls",
    "grouped_events",
    "kept_error_ids",
    "known_events_for_call",
    "old_marks",
    "untagged_events",
    "whole_event",
]
