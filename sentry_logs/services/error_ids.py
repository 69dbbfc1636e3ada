from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from sentry_logs.answers import Answer, Asked, BackendName, Window
from sentry_logs.models import Tally
from sentry_logs.periods import Period
from sentry_logs.services.asking import Question, ask, with_failure, with_value
from sentry_logs.services.kept import ids_with_errors, is_covered, origin_key, state_of
from sentry_logs.unavailable import LogsUnavailable


def error_correlation_ids(
    *,
    backend: BackendName,
    environment: str,
    period: Period,
    only: Sequence[str] | None = None,
    wait: float = 0.0,
) -> Answer[tuple[str, ...]]:
    """Return every id, or every one of `only`, with an event of level error or fatal; the latest first."""
    wanted = None if only is None else tuple(sorted(set(only)))
    question = Question("error ids", backend, environment, period, (wanted,))
    answer = ask(
        question, lambda logs, window: logs.error_ids(environment, window, wanted), wait=wait, walks=True
    )
    return with_value(answer, answer.value.value)


def kept_error_ids(
    *, backend: BackendName, environment: str, period: Period
) -> Answer[QuerySet[Tally, str]] | None:
    """Return the ids with errors as a subquery, without asking; None unless kept counts cover the period."""
    key, now = origin_key(backend), datetime.now(UTC)
    state = state_of(key)
    oldest = now - timedelta(days=settings.SENTRY_RETENTION_DAYS)
    start = max(period.window(now).start, oldest)
    if state is None or state.asked_at is None or not is_covered(start, state, oldest):
        return None
    asked = Asked(environment, Window(start, state.asked_at), ("errors",), backend)
    answer = Answer(ids_with_errors(key, environment), asked, as_of=state.asked_at)
    return with_failure(answer, LogsUnavailable(state.failure, state.hint)) if state.failure else answer
