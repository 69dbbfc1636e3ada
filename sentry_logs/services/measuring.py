"""The questions of a call page and of the calls table, asked one chosen way, with what each cost.

Nothing is taken from the cache: each run has keys of its own, and keeps no more there than numbers. All else
(limits of Sentry, the words of failures) is as it is for pages.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from django.conf import settings

from sentry_logs.answers import (
    ALL_ENVIRONMENTS,
    ERROR_LEVELS,
    BackendName,
    CallToCheck,
    ErrorMark,
    LevelCount,
    Window,
)
from sentry_logs.backends import Filters, Found, LogsBackend
from sentry_logs.client import metered
from sentry_logs.periods import CALL_MARGIN_BEFORE, Period
from sentry_logs.services.asking import Question, ask
from sentry_logs.unavailable import LogsUnavailable

PAGE = 100
PATIENCE = timedelta(minutes=2)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Measured(Generic[Value]):
    """A value, the cap that stopped its reading (empty when none did), and its cost."""

    value: Value
    limit: str
    requests: int
    bytes: int
    seconds: float


class Way:
    """One way of asking about one environment and a fixed window. Raises what every service raises."""

    def __init__(self, backend: BackendName, environment: str, window: Window) -> None:
        self.backend = backend
        self.environment = environment
        self.window = window
        self.run = secrets.token_hex(8)

    def events(self, correlation_id: str) -> Measured[int]:
        """Open the logs of a call: how many events its first page shows."""
        filters = Filters(self.environment, correlation_id)

        def read(logs: LogsBackend, window: Window) -> Found[int]:
            found = logs.events(filters, window, limit=PAGE, cursor=None)
            return Found(len(found.value), limit=found.limit)

        return self._ask("events", self.window, correlation_id, read)

    def marks(self, calls: Sequence[CallToCheck]) -> Measured[dict[str, ErrorMark]]:
        """Check a table page of calls: one mark for each."""
        ids = tuple(sorted({call.correlation_id for call in calls}))
        window = Window(min(call.started_at for call in calls) - CALL_MARGIN_BEFORE, self.window.end)

        def read(logs: LogsBackend, window: Window) -> Found[dict[str, ErrorMark]]:
            found = logs.tallies(window, ids)
            return Found(marks_of(ids, found, self.environment), limit=found.limit)

        return self._ask("marks", window, ids, read)

    def _ask(
        self,
        kind: str,
        window: Window,
        parameter: object,
        read: Callable[[LogsBackend, Window], Found[Value]],
    ) -> Measured[Value]:
        period = Period("measured", fixed=window)

        def question(attempt: int) -> Question:
            # Each attempt has a key of its own: a question that failed is not put again for some seconds.
            parameters = (self.run, attempt, parameter)
            return Question(f"measured {kind}", self.backend, self.environment, period, parameters)

        try:
            return _measured(question(1), read)
        except LogsUnavailable as failure:
            _wait_until(failure)
        return _measured(question(2), read)


def marks_of(
    ids: Sequence[str], found: Found[tuple[LevelCount, ...]], environment: str
) -> dict[str, ErrorMark]:
    levels: dict[str, dict[str, int]] = {name: {} for name in ids}
    for one in found.value:
        if one.correlation_id in levels and environment in (ALL_ENVIRONMENTS, one.environment):
            counts = levels[one.correlation_id]
            counts[one.level] = counts.get(one.level, 0) + one.count
    return {name: _mark(counts, found.limit) for name, counts in levels.items()}


def _mark(levels: dict[str, int], limit: str) -> ErrorMark:
    if any(levels.get(level) for level in ERROR_LEVELS):
        return ErrorMark("errors", levels)
    if limit:
        return ErrorMark("partly", levels, reason=f"Searched only {limit}.")
    return ErrorMark("warnings" if levels else "clean", levels)


def _measured(question: Question, read: Callable[[LogsBackend, Window], Found[Value]]) -> Measured[Value]:
    with metered() as usage:
        began = time.perf_counter()
        answer = ask(question, read, wait=settings.SENTRY_TIMEOUT)
        seconds = time.perf_counter() - began
    return Measured(answer.value.value, answer.limit, usage.requests, usage.bytes, seconds)


def _wait_until(failure: LogsUnavailable) -> None:
    """Wait for the moment that Sentry named, if it named one that is near; else pass the failure on."""
    pause = failure.retry_at - datetime.now(UTC) if failure.retry_at else PATIENCE
    if pause >= PATIENCE:
        raise failure
    time.sleep(max(0.0, pause.total_seconds()) + 1.0)
