"""What a way of asking Sentry must offer. Times are aware UTC; errors are the client's exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from sentry_logs.answers import (
    ALL_ENVIRONMENTS,
    BackendName,
    CallGroup,
    EnvironmentTotal,
    ErrorMark,
    EventCounts,
    LogEvent,
    Window,
)
from sentry_logs.client import RefusedValue, SearchQuery

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
    """A value as far as it was read: `limit` names the cap that stopped the reading, empty when none did."""

    value: Value
    next_cursor: str | None = None
    limit: str = ""


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

    def marks(
        self, correlation_ids: Sequence[str], environment: str, window: Window
    ) -> Found[dict[str, ErrorMark]]:
        """Return a mark for each id that has an event of level warning or worse; the others had none."""
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


def can_be_asked(correlation_id: str) -> bool:
    """Tell whether an id can be spelled in a query without changing its meaning."""
    try:
        SearchQuery().correlation_id(correlation_id)
    except RefusedValue:
        return False
    return True
