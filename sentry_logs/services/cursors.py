"""The places of walks through one dataset, each with the frozen window of its walk.

Sentry pages by offset, so an event that arrives during a walk pushes the others down. The cursor remembers
where the last page ended, and whatever was shown already is left out of the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sentry_logs.answers import LogEvent, Window
from sentry_logs.periods import Period
from sentry_logs.services.sealed import seal, unseal

ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands: Sentry's own cursor, the window, and the last page's edge in time."""

    sentry: str
    window: Window
    edge: datetime | None = None
    at_edge: frozenset[str] = frozenset()

    def period(self, named: Period) -> Period:
        """Return the walk's period with the ends it was frozen at."""
        return Period(named.name, fixed=self.window)

    def leave_out_shown(self, events: Sequence[LogEvent]) -> tuple[LogEvent, ...]:
        if self.edge is None:
            return tuple(events)
        return tuple(event for event in events if not self._was_shown(event, self.edge))

    def _was_shown(self, event: LogEvent, edge: datetime) -> bool:
        return event.timestamp > edge or (event.timestamp == edge and event.id[:ID_LENGTH] in self.at_edge)


def after(events: Sequence[LogEvent], sentry: str, window: Window, before: Place | None) -> Place:
    """Return the place behind a page of events, newest first."""
    if not events:
        return Place(
            sentry, window, before.edge if before else None, before.at_edge if before else frozenset()
        )
    edge = events[-1].timestamp
    shown = {event.id[:ID_LENGTH] for event in events if event.timestamp == edge}
    if before and before.edge == edge:
        shown |= before.at_edge
    return Place(sentry, window, edge, frozenset(shown))


def pack(place: Place, question: str) -> str:
    ends = [place.window.start.timestamp(), place.window.end.timestamp()]
    edge = place.edge.timestamp() if place.edge else None
    return seal([place.sentry, *ends, edge, sorted(place.at_edge)], question)


def unpack(cursor: str, question: str) -> Place:
    sentry, start, end, edge, at_edge = unseal(cursor, question)
    window = Window(_moment(start), _moment(end))
    return Place(sentry, window, None if edge is None else _moment(edge), frozenset(at_edge))


def _moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
