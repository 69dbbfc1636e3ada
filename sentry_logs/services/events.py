from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sentry_logs.answers import Answer, BackendName, EventPage, LogEvent, Window
from sentry_logs.backends import Filters, Found, LogsBackend
from sentry_logs.periods import Period
from sentry_logs.services import cursors
from sentry_logs.services.asking import Question, ask, with_value

PAGE = 100


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
