"""Which calls have errors, for the filter of the table, its JSON and its export."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.calls.forms import CallFilter
from sentry_logs.answers import Answer, BackendName, IssueCalls
from sentry_logs.services import StillAsking, calls_of_issue, error_correlation_ids, kept_error_ids

MOST_WITH_ERRORS = 20_000


class TooManyWithErrors(Exception):
    """More calls have errors than a question to the database can name."""


def ids_with_errors(
    asked: CallFilter, *, backend: BackendName, environment: str, wait: float | None
) -> Answer[Any]:
    """Return the ids of the calls that Sentry is to name: with errors, hit by an issue, or both.

    Sentry is waited for as many seconds, and with None not asked. Raises StillAsking, LogsUnavailable,
    QuestionRefused and TooManyWithErrors.
    """
    if asked.issue:
        return _hit_by_issue(asked, backend=backend, environment=environment, wait=wait)
    kept = kept_error_ids(backend=backend, environment=environment, period=asked.period)
    if kept is not None:
        return kept
    if wait is None:
        raise StillAsking
    answer = error_correlation_ids(backend=backend, environment=environment, period=asked.period, wait=wait)
    if len(answer.value) > MOST_WITH_ERRORS:
        raise TooManyWithErrors
    return answer


def _hit_by_issue(
    asked: CallFilter, *, backend: BackendName, environment: str, wait: float | None
) -> Answer[Any]:
    answer: Answer[Any] = hit_by_issue(asked, backend=backend, environment=environment, wait=wait)
    ids: tuple[str, ...] = answer.value.correlation_ids
    if asked.only_errors:
        errors = replace(asked, issue="")
        failed = set(ids_with_errors(errors, backend=backend, environment=environment, wait=wait).value)
        ids = tuple(key for key in ids if key in failed)
    return replace(answer, value=ids)


def hit_by_issue(
    asked: CallFilter, *, backend: BackendName, environment: str, wait: float | None
) -> Answer[IssueCalls]:
    """Return the calls that the asked issue hit; raises as `ids_with_errors` does."""
    if wait is None:
        raise StillAsking
    return calls_of_issue(
        asked.issue, backend=backend, environment=environment, period=asked.period, wait=wait
    )
