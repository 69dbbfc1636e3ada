"""One list out of several sources, newest first, page by page, without gaps or repeats.

Every source pages on its own, and what arrives during a walk moves its pages. So a page of ours ends at a
moment, its edge, and the next one asks every source for what is older, in a window that ends behind that
moment. Sentry's own cursors are needed only where one second has more than a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sentry_logs.answers import LogEvent, SourceState, Window
from sentry_logs.services.sealed import seal, unseal

# The end of an id: the beginning of a log line's is its time, the same for all of one millisecond.
ID_LENGTH = 12
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Step:
    """What to ask a source next: the end of its window, and Sentry's cursor within that."""

    end: datetime
    sentry: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands. Sources that are not among the steps have nothing older, or were lost on the way.

    `told` is what a source had to say of itself: its state, and the reason.
    """

    window: Window
    steps: dict[str, Step]
    told: dict[str, tuple[SourceState, str]] = field(default_factory=dict)
    edge: datetime | None = None
    at_edge: frozenset[str] = field(default_factory=frozenset)

    def shown(self, event: LogEvent) -> bool:
        if self.edge is None:
            return False
        return event.timestamp > self.edge or (event.timestamp == self.edge and _short(event) in self.at_edge)


@dataclass(frozen=True, slots=True)
class Part:
    """One source's page, newest first."""

    events: Sequence[LogEvent]
    next_cursor: str | None


def next_page(
    place: Place, parts: Mapping[str, Part], limit: int
) -> tuple[tuple[LogEvent, ...], Place | None]:
    """Return the newest events that are certain to have no other in between, and the place behind them."""
    fresh = {name: [event for event in part.events if not place.shown(event)] for name, part in parts.items()}
    merged = sorted((event for events in fresh.values() for event in events), key=_order, reverse=True)
    open_ended = [part for part in parts.values() if part.next_cursor]
    if any(not part.events for part in open_ended):
        merged = []
    elif open_ended:
        floor = max(part.events[-1].timestamp for part in open_ended)
        merged = [event for event in merged if event.timestamp >= floor]
    page = tuple(merged[:limit])
    return page, _behind(place, parts, fresh, page)


def _behind(
    place: Place, parts: Mapping[str, Part], fresh: Mapping[str, list[LogEvent]], page: Sequence[LogEvent]
) -> Place | None:
    edge = page[-1].timestamp if page else place.edge
    at_edge = {_short(event) for event in page if event.timestamp == edge}
    if edge == place.edge:
        at_edge |= place.at_edge
    used = set(page)
    steps = {}
    for name, part in parts.items():
        left = any(event not in used for event in fresh[name])
        if left or part.next_cursor:
            steps[name] = _step(place.steps[name], part, edge, left=left)
    return Place(place.window, steps, place.told, edge, frozenset(at_edge)) if steps else None


def _step(step: Step, part: Part, edge: datetime | None, *, left: bool) -> Step:
    if edge is not None and edge.replace(microsecond=0) + SECOND < step.end:
        return Step(edge.replace(microsecond=0) + SECOND)
    return step if left else Step(step.end, part.next_cursor)


def pack(place: Place, question: str) -> str:
    steps = {name: [step.end.isoformat(), step.sentry] for name, step in place.steps.items()}
    ends = [place.window.start.isoformat(), place.window.end.isoformat()]
    edge = place.edge.isoformat() if place.edge else None
    return seal([ends, steps, place.told, edge, sorted(place.at_edge)], question)


def unpack(cursor: str, question: str) -> Place:
    ends, steps, told, edge, at_edge = unseal(cursor, question)
    start, end = map(datetime.fromisoformat, ends)
    return Place(
        Window(start, end),
        {name: Step(datetime.fromisoformat(until), sentry) for name, (until, sentry) in steps.items()},
        {name: (state, reason) for name, (state, reason) in told.items()},
        datetime.fromisoformat(edge) if edge else None,
        frozenset(at_edge),
    )


def _order(event: LogEvent) -> tuple[datetime, str, str]:
    return event.timestamp, event.source, event.id


def _short(event: LogEvent) -> str:
    return event.source[:1] + event.id[-ID_LENGTH:]
