from __future__ import annotations

from collections.abc import Sequence

from sentry_logs.answers import Answer, BackendName
from sentry_logs.periods import Period
from sentry_logs.services.asking import Question, ask, with_value


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
    answer = ask(question, lambda logs, window: logs.error_ids(environment, window, wanted), wait=wait)
    return with_value(answer, answer.value.value)
