"""A call's events and log lines as one list. A source that fails never hides the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from django.conf import settings

from sentry_logs.answers import (
    Answer,
    BackendName,
    EventCounts,
    EventPage,
    LogEvent,
    Source,
    SourceState,
    Window,
)
from sentry_logs.backends import Filters, Found, LogsBackend
from sentry_logs.cache import only_known
from sentry_logs.periods import Period
from sentry_logs.services import timeline
from sentry_logs.services.asking import Question, ask
from sentry_logs.services.side_by_side import ask_each
from sentry_logs.services.sources import added_up, answers_of, asked_for, join, with_counts
from sentry_logs.services.timeline import Part, Place, Step
from sentry_logs.unavailable import LogsUnavailable, StillAsking

PAGE = 100
MAX_ROUNDS = 5
SWITCHED_OFF = "Switched off on this dashboard (SENTRY_LOGS)."
NOT_FILTERED = "Sentry did not filter by call: events of other calls came back, and were left out."
Events = tuple[LogEvent, ...]
Outcomes = dict[str, Answer[Found[Events]] | LogsUnavailable]


def events_for_call(
    correlation_id: str,
    *,
    backend: BackendName,
    environment: str,
    period: Period,
    levels: Sequence[str] = (),
    source: str = "",
    limit: int = PAGE,
    cursor: str | None = None,
    wait: float = 0.0,
) -> Answer[EventPage]:
    """Return one page of a call's events and log lines, or of one `source`, newest first."""
    filters = Filters(environment, correlation_id, levels=tuple(levels))
    names = _sources(source)
    walk = Question("timeline", backend, environment, period, (filters, names))
    place = timeline.unpack(cursor, walk.identity) if cursor else None
    outcomes: Outcomes = {}
    events: Events = ()
    for _round in range(MAX_ROUNDS):
        left = place.steps if place else dict.fromkeys(names)
        asks = {name: partial(_ask_events, name, walk, filters, limit, place, wait) for name in left}
        outcomes |= ask_each(asks)
        place = _noted(place or _start(answers_of(outcomes)), outcomes)
        parts = {name: _part(answer) for name, answer in answers_of(outcomes).items() if name in place.steps}
        window, told = place.window, place.told
        events, place = timeline.next_page(place, parts, limit)
        if events or place is None:
            break
    next_cursor = timeline.pack(place, walk.identity) if place else None
    failure = outcomes.get("errors")
    if not events and isinstance(failure, LogsUnavailable):
        raise failure
    answer = join(outcomes, EventPage(events, next_cursor))
    answer = replace(answer, asked=replace(answer.asked, window=window))
    if next_cursor is None and cursor is None:
        answer = with_counts(answer, Counter(event.source for event in events))
    return _own_only(_with_earlier(answer, told, names), correlation_id)


def known_events_for_call(
    correlation_id: str,
    *,
    backend: BackendName,
    environment: str,
    period: Period,
    levels: Sequence[str] = (),
    source: str = "",
) -> Answer[EventPage] | None:
    """Return the first page if it is known already, of any age, without asking for it."""
    try:
        with only_known():
            return events_for_call(
                correlation_id,
                backend=backend,
                environment=environment,
                period=period,
                levels=levels,
                source=source,
            )
    except StillAsking:
        return None


def count_events(
    correlation_id: str,
    *,
    backend: BackendName,
    environment: str,
    period: Period,
    source: str = "",
    wait: float = 0.0,
) -> Answer[EventCounts]:
    """Count a call's events and log lines of all levels; each source says how many are its own."""
    filters = Filters(environment, correlation_id)
    question = Question("counts", backend, environment, period, (correlation_id,))

    def ask_for(name: str) -> Answer[Found[EventCounts]]:
        if name == "errors":
            return ask(question, lambda logs, window: logs.counts(filters, window), wait=wait)
        asked = replace(question, kind="log counts", dataset="logs")
        return ask(asked, lambda logs, window: logs.log_counts(filters, window), wait=wait)

    outcomes = ask_each({name: partial(ask_for, name) for name in _sources(source)})
    found = {name: answer.value.value for name, answer in answers_of(outcomes).items()}
    totals = {name: counts.total for name, counts in found.items()}
    return with_counts(join(outcomes, added_up(found.values())), totals)


def _sources(source: str) -> tuple[str, ...]:
    return ("errors",) if not (source or settings.SENTRY_LOGS) else asked_for(source)


def _ask_events(
    name: str, walk: Question, filters: Filters, limit: int, place: Place | None, wait: float
) -> Answer[Found[Events]]:
    """Put the next question of one source's walk."""
    step, most, period = None, limit, walk.period
    if place:
        # What the last page showed of its last moment comes once more, so ask for as many on top.
        step, most = place.steps[name], min(PAGE, limit + len(place.at_edge))
        period = Period(period.name, fixed=Window(place.window.start, step.end))
    sentry = step.sentry if step else None

    def read(logs: LogsBackend, window: Window) -> Found[Events]:
        if name == "errors":
            return logs.events(filters, window, limit=most, cursor=sentry)
        if not settings.SENTRY_LOGS:
            return Found((), state="unsupported", reason=SWITCHED_OFF)
        return logs.log_lines(filters, window, limit=most, cursor=sentry)

    parameters = (filters, most, sentry)
    question = replace(walk, kind=name, period=period, parameters=parameters)
    return ask(question if name == "errors" else replace(question, dataset=name), read, wait=wait)


def _start(answers: dict[str, Answer[Found[Events]]]) -> Place:
    """Return the place before the first page: the stretch of time that every source has answered for."""
    windows = [answer.asked.window for answer in answers.values()]
    window = Window(max(window.start for window in windows), min(window.end for window in windows))
    return Place(window, {name: Step(answer.asked.window.end) for name, answer in answers.items()})


def _noted(place: Place, outcomes: Outcomes) -> Place:
    """Write down what the sources say of themselves; one that failed is lost to this walk."""
    told, steps = dict(place.told), dict(place.steps)
    for name, outcome in outcomes.items():
        if isinstance(outcome, LogsUnavailable):
            told[name] = ("failed", outcome.message)
            steps.pop(name, None)
        elif outcome.sources[0].reason:
            told[name] = (outcome.sources[0].state, outcome.sources[0].reason)
    return replace(place, told=told, steps=steps)


def _part(answer: Answer[Found[Events]]) -> Part:
    return Part(answer.value.value, answer.value.next_cursor)


def _with_earlier(
    answer: Answer[EventPage], told: dict[str, tuple[SourceState, str]], names: Sequence[str]
) -> Answer[EventPage]:
    """Add the sources that had nothing to do with this page any more, as they were before."""
    now = {source.dataset: source for source in answer.sources}
    sources = tuple(now.get(name) or Source(name, *told.get(name, ("ok", ""))) for name in names)
    failed = any(source.state == "failed" and source.dataset not in now for source in sources)
    return replace(answer, sources=sources, complete=answer.complete and not failed)


def _own_only(answer: Answer[EventPage], correlation_id: str) -> Answer[EventPage]:
    """Leave out what belongs to other calls, and say that Sentry gave it."""
    page = answer.value
    own = tuple(event for event in page.events if event.correlation_id == correlation_id)
    if len(own) == len(page.events):
        return answer
    foreign = {event.source for event in page.events if event.correlation_id != correlation_id}
    sources = tuple(
        replace(source, state="failed", reason=NOT_FILTERED) if source.dataset in foreign else source
        for source in answer.sources
    )
    return replace(answer, value=replace(page, events=own), sources=sources, complete=False)
