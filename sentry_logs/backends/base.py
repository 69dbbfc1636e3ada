"""What a way of asking Sentry must offer. Times are aware UTC; errors are the client's exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from sentry_logs.answers import (
    ALL_ENVIRONMENTS,
    BackendName,
    CallGroup,
    Carried,
    EnvironmentTotal,
    EventCounts,
    IssueCalls,
    LevelCount,
    LogEvent,
    SourceState,
    Window,
)
from sentry_logs.client import RefusedValue, SearchQuery
from sentry_logs.whole_event import WholeEvent

Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which events are meant. Without an id: all that carry one, or with `untagged` those that carry none."""

    environment: str = ALL_ENVIRONMENTS
    correlation_id: str | None = None
    untagged: bool = False
    levels: tuple[str, ...] = ()
    event_type: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A value as far as it was read: `limit` names the cap that stopped the reading, empty when none did.

    `state` and `reason` say when the dataset has no such data on this server, or no longer.
    """

    value: Value
    next_cursor: str | None = None
    limit: str = ""
    state: SourceState = "ok"
    reason: str = ""
    skipped: int = 0


class LogsBackend(Protocol):
    name: BackendName

    @property
    def datasets(self) -> tuple[str, ...]: ...

    def events(
        self, filters: Filters, window: Window, *, limit: int, cursor: str | None
    ) -> Found[tuple[LogEvent, ...]]:
        """Return events newest first, at most `limit` (100) of them."""
        ...

    def counts(self, filters: Filters, window: Window) -> Found[EventCounts]: ...

    def log_lines(
        self, filters: Filters, window: Window, *, limit: int, cursor: str | None
    ) -> Found[tuple[LogEvent, ...]]:
        """Return a call's structured log lines, as `events` does."""
        ...

    def log_counts(self, filters: Filters, window: Window) -> Found[EventCounts]: ...

    def tallies(
        self, window: Window, correlation_ids: Sequence[str] | None = None
    ) -> Found[tuple[LevelCount, ...]]:
        """Count the events of level warning and worse per call, environment and level.

        All calls with such events, or those of the given ids that have any.
        """
        ...

    def error_ids(
        self, environment: str, window: Window, only: Sequence[str] | None = None
    ) -> Found[tuple[str, ...]]:
        """Return every id with an event of level error or fatal, the latest first."""
        ...

    def groups(self, filters: Filters, window: Window, *, cursor: str | None) -> Found[tuple[CallGroup, ...]]:
        """Return the events grouped by correlation id, the latest first, at most 100 groups."""
        ...

    def totals(self, filters: Filters, window: Window) -> Found[tuple[EnvironmentTotal, ...]]: ...

    def untagged_count(self, filters: Filters, window: Window) -> Found[int]: ...

    def carried_by(self, sentry_id: str, window: Window) -> Found[Carried]:
        """Find the correlation ids on the event, or in the trace, with an id of 32 hexadecimal digits."""
        ...

    def issue_calls(self, issue: str, environment: str, window: Window) -> Found[IssueCalls]:
        """Return the calls that have events of an issue, by its number."""
        ...

    def event(self, project: str, event_id: str) -> Found[WholeEvent]:
        """Return one event in full, personal data hidden, by its project's short name."""
        ...


@lru_cache(maxsize=4096)
def can_be_asked(correlation_id: str) -> bool:
    """Tell whether an id can be spelled in a query without changing its meaning."""
    try:
        SearchQuery().correlation_id(correlation_id)
    except RefusedValue:
        return False
    return True
