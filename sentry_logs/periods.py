"""Time ranges a person can choose, and the frozen window each becomes at the moment of asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sentry_logs.answers import Window

CALL_MARGIN_BEFORE = timedelta(minutes=5)
CALL_MARGIN_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Period:
    """A range that ends now (`length`), or one with fixed ends (`fixed`). `name` is what a URL carries."""

    name: str
    length: timedelta | None = None
    fixed: Window | None = None

    def window(self, now: datetime) -> Window:
        """Freeze the range in whole seconds, so that every page of one walk asks for the same stretch."""
        if self.fixed:
            return self.fixed
        end = _ceil_second(now)
        return Window(end - (self.length or timedelta()), end)

    @property
    def key(self) -> str:
        """What tells this range from others in a cache key: the name while it moves, the ends once fixed."""
        if self.fixed:
            return f"{self.fixed.start.isoformat()}/{self.fixed.end.isoformat()}"
        return self.name


PERIODS = {
    name: Period(name, length=length)
    for name, length in {
        "1h": timedelta(hours=1),
        "24h": timedelta(hours=24),
        "7d": timedelta(days=7),
        "14d": timedelta(days=14),
        "30d": timedelta(days=30),
        "90d": timedelta(days=90),
    }.items()
}
WIDEST = PERIODS["90d"]


def around_call(started_at: datetime, ended_at: datetime | None, now: datetime) -> Period:
    """Return the range of one call, with a margin for events that come early or late."""
    end = ended_at + CALL_MARGIN_AFTER if ended_at else _next_minute(now)
    return Period("call", fixed=Window(_floor_second(started_at - CALL_MARGIN_BEFORE), _ceil_second(end)))


def smallest_covering(moment: datetime, now: datetime, names: tuple[str, ...]) -> str:
    """Return the shortest of the named ranges that reaches back to a moment, or the longest of them."""
    by_length = sorted(names, key=lambda name: PERIODS[name].length or timedelta())
    return next((name for name in by_length if PERIODS[name].window(now).start <= moment), by_length[-1])


def _floor_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _ceil_second(moment: datetime) -> datetime:
    return moment if moment.microsecond == 0 else moment.replace(microsecond=0) + timedelta(seconds=1)


def _next_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
