from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sentry_logs.answers import Answer, BackendName, CallGroup, EnvironmentTotal, GroupPage, Window
from sentry_logs.backends import Filters, Found, LogsBackend
from sentry_logs.periods import Period
from sentry_logs.services import cursors
from sentry_logs.services.asking import Question, ask, with_value

Overview = tuple[tuple[EnvironmentTotal, ...], int]


def grouped_events(
    *,
    backend: BackendName,
    environment: str,
    period: Period,
    levels: Sequence[str] = (),
    event_type: str = "",
    search: str = "",
    cursor: str | None = None,
    wait: float = 0.0,
) -> Answer[GroupPage]:
    """Return one page of correlation ids with counts, the latest first, and the totals over all pages."""
    filters = Filters(environment, None, False, tuple(levels), event_type, search)
    walk = Question("groups", backend, environment, period, (filters,))
    place = cursors.unpack(cursor, walk.identity) if cursor else None
    sentry_cursor = place.sentry if place else None

    def read(logs: LogsBackend, window: Window) -> Found[tuple[CallGroup, ...]]:
        return logs.groups(filters, window, cursor=sentry_cursor)

    step = replace(walk, parameters=(filters, sentry_cursor))
    answer = ask(
        replace(step, period=place.period(period)) if place else step,
        read,
        wait=wait,
        searched=bool(filters.search),
    )
    overview = _overview(filters, backend, Period(period.name, fixed=answer.asked.window), wait)
    found = answer.value
    next_cursor = None
    if found.next_cursor:
        next_cursor = cursors.pack(cursors.Place(found.next_cursor, answer.asked.window), walk.identity)
    totals, untagged = overview.value.value
    page = GroupPage(found.value, totals, untagged, next_cursor)
    complete = answer.complete and overview.complete
    return replace(
        with_value(answer, page),
        limit=answer.limit or overview.limit,
        complete=complete,
        stale=answer.stale or overview.stale,
        refreshing=answer.refreshing or overview.refreshing,
    )


def _overview(filters: Filters, backend: BackendName, period: Period, wait: float) -> Answer[Found[Overview]]:
    def read(logs: LogsBackend, window: Window) -> Found[Overview]:
        totals = logs.totals(filters, window)
        untagged = logs.untagged_count(replace(filters, untagged=True), window)
        return Found((totals.value, untagged.value), limit=totals.limit or untagged.limit)

    return ask(
        Question("totals", backend, filters.environment, period, (filters,)),
        read,
        wait=wait,
        searched=bool(filters.search),
    )
