from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sentry_logs.answers import Answer, BackendName, EventCounts, EventPage, LogEvent, Window
from sentry_logs.backends import Filters, Found, LogsBackend
from sentry_logs.periods import Period
from sentry_logs.services import cursors
from sentry_logs.services.asking import Question, ask, with_value

PAGE = 100


def events_for_call(
    correlation_id: str,
    *,
    backend: BackendName,
    environment: str,
    period: Period,
    levels: Sequence[str] = (),
    limit: int = PAGE,
    cursor: str | None = None,
    wait: float = 0.0,
) -> Answer[EventPage]:
    """Return one page of a call's events, newest first."""
    filters = Filters(environment, correlation_id, levels=tuple(levels))
    return _page_of("events", filters, backend, period, limit=limit, cursor=cursor, wait=wait)


def untagged_events(
    *,
    backend: BackendName,
    environment: str,
    period: Period,
    levels: Sequence[str] = (),
    event_type: str = "",
    search: str = "",
    cursor: str | None = None,
    wait: float = 0.0,
) -> Answer[EventPage]:
    """Return one page of the events that carry no correlation id, newest first."""
    filters = Filters(environment, None, True, tuple(levels), event_type, search)
    return _page_of("untagged", filters, backend, period, limit=PAGE, cursor=cursor, wait=wait)


def count_events(
    correlation_id: str, *, backend: BackendName, environment: str, period: Period, wait: float = 0.0
) -> Answer[EventCounts]:
    """Count a call's events of all levels."""
    question = Question("counts", backend, environment, period, (correlation_id,))
    filters = Filters(environment, correlation_id)
    answer = ask(question, lambda logs, window: logs.counts(filters, window), wait=wait)
    return with_value(answer, answer.value.value)


def _page_of(
    kind: str,
    filters: Filters,
    backend: BackendName,
    period: Period,
    *,
    limit: int,
    cursor: str | None,
    wait: float,
) -> Answer[EventPage]:
    walk = Question(kind, backend, filters.environment, period, (filters,))
    place = cursors.unpack(cursor, walk.identity) if cursor else None
    sentry_cursor = place.sentry if place else None

    def read(logs: LogsBackend, window: Window) -> Found[tuple[LogEvent, ...]]:
        return logs.events(filters, window, limit=limit, cursor=sentry_cursor)

    step = replace(walk, parameters=(filters, limit, sentry_cursor))
    answer = ask(
        replace(step, period=place.period(period)) if place else step,
        read,
        wait=wait,
        searched=bool(filters.search),
    )
    found = answer.value
    events = place.leave_out_shown(found.value) if place else found.value
    next_cursor = None
    if found.next_cursor:
        reached = cursors.after(events, found.next_cursor, answer.asked.window, place)
        next_cursor = cursors.pack(reached, walk.identity)
    return with_value(answer, EventPage(events, next_cursor))
