"""The pages and fragments about logs."""

from __future__ import annotations

from sentry_logs.views.browse import browse
from sentry_logs.views.call_logs import call_logs
from sentry_logs.views.check import check
from sentry_logs.views.comparison import comparison
from sentry_logs.views.event import event
from sentry_logs.views.group import group
from sentry_logs.views.health import health
from sentry_logs.views.untagged import untagged

__all__ = ["browse", "call_logs", "check", "comparison", "event", "group", "health", "untagged"]
