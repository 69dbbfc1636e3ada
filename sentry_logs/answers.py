"""What a question to Sentry is answered with: plain values that every page, JSON door and command shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

LEVELS = ("fatal", "error", "warning", "info", "debug")
"""Sentry's levels, worst first."""

ERROR_LEVELS = ("fatal", "error")
"""The levels that make a call count as failed in Sentry."""

MARK_LEVELS = ("fatal", "error", "warning")

ALL_ENVIRONMENTS = "all"

Value = TypeVar("Value")
BackendName = Literal["discover", "project_events"]
MarkState = Literal["errors", "warnings", "clean", "checking", "partly", "expired", "failed", "not_yet"]
SourceState = Literal["ok", "failed", "unsupported", "expired"]
SourceName = Literal["errors", "logs"]
SOURCES: tuple[SourceName, ...] = ("errors", "logs")


@dataclass(frozen=True, slots=True)
class Window:
    """A frozen stretch of time in UTC: start inclusive, end exclusive."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event as Sentry's lists give it; `message` is Sentry's search text, not the log line itself."""

    id: str
    title: str
    message: str
    level: str
    timestamp: datetime
    transaction: str
    environment: str
    source: str
    project: str
    issue_id: str | None
    permalink: str | None
    event_type: str
    culprit: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events newest first."""

    events: tuple[LogEvent, ...]
    next_cursor: str | None

    @property
    def has_more(self) -> bool:
        return self.next_cursor is not None


@dataclass(frozen=True, slots=True)
class EventCounts:
    """How many events there are, per level, and between which moments they lie."""

    levels: dict[str, int]
    first_seen: datetime | None
    last_seen: datetime | None

    @property
    def total(self) -> int:
        return sum(self.levels.values())


@dataclass(frozen=True, slots=True)
class CallGroup:
    """All events of one correlation id, counted by Sentry."""

    correlation_id: str
    count: int
    levels: dict[str, int]
    first_seen: datetime
    last_seen: datetime
    environments: dict[str, int]

    @property
    def max_level(self) -> str | None:
        return worst_level(self.levels)


@dataclass(frozen=True, slots=True)
class EnvironmentTotal:
    """One environment's events with a correlation id; the name is empty where events carry no environment."""

    environment: str
    count: int
    levels: dict[str, int]


@dataclass(frozen=True, slots=True)
class GroupPage:
    groups: tuple[CallGroup, ...]
    totals: tuple[EnvironmentTotal, ...]
    untagged: int
    next_cursor: str | None

    @property
    def has_more(self) -> bool:
        return self.next_cursor is not None


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many events of one level a call had in one environment, and the title of the last of them."""

    correlation_id: str
    environment: str
    level: str
    count: int
    last_title: str
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class ErrorMark:
    """What is known about one call's errors. "clean" is only said when a complete answer said so."""

    state: MarkState
    levels: dict[str, int] = field(default_factory=dict)
    last_title: str = ""
    last_seen: datetime | None = None
    reason: str = ""

    @property
    def level(self) -> str | None:
        return worst_level(self.levels)

    @property
    def text(self) -> str:
        """Words such as "1 fatal, 2 errors" or "2 warnings"; empty for states without counts."""
        shown = ERROR_LEVELS if self.state == "errors" else ("warning",)
        return ", ".join(_counted(level, self.levels[level]) for level in shown if self.levels.get(level))


@dataclass(frozen=True, slots=True)
class Carried:
    """The correlation ids that Sentry has under an event's or a trace's id, which it may know without any."""

    correlation_ids: tuple[str, ...] = ()
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class CallToCheck:
    """What the error check needs to know of a call; times are aware, `ended_at` is None while it runs."""

    correlation_id: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssueCalls:
    """The calls that one of Sentry's issues hit, the latest first, and how many of each release.

    A call with events of two releases counts for both; a release that events do not tell is "".
    """

    correlation_ids: tuple[str, ...]
    releases: dict[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    environment: str
    window: Window
    datasets: tuple[str, ...]
    backend: BackendName


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset's part in an answer; `reason` is for support staff, `hint` for an administrator.

    "expired" is a range from which the dataset keeps nothing any more. `count` says how many events it has
    in the range, where that is known; `as_of` is set when its part is older than the rest of the answer.
    """

    dataset: str
    state: SourceState = "ok"
    reason: str = ""
    hint: str = ""
    count: int | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer(Generic[Value]):
    """A value with what was asked, when it was true, and how far it can be trusted.

    `stale` is set when a newer question has failed since `as_of`; `complete` is false when a cap stopped
    the reading, and `limit` then says which, for example "the last 100 events of the project".
    `refreshing` is set when it is over a minute old and a newer one is being asked for.
    """

    value: Value
    asked: Asked
    as_of: datetime
    stale: bool = False
    complete: bool = True
    limit: str = ""
    sources: tuple[Source, ...] = (Source("errors"),)
    refreshing: bool = False

    @property
    def failure(self) -> Source | None:
        """The first source that failed."""
        return next((source for source in self.sources if source.state == "failed"), None)

    @property
    def stale_part(self) -> str:
        """What a stale answer shows that is older: "data", or one dataset of several."""
        failed = [source.dataset for source in self.sources if source.state == "failed"]
        return "data" if len(failed) != 1 or len(self.sources) == 1 else failed[0]


def worst_level(levels: dict[str, int]) -> str | None:
    """Return the worst level that has a count, or None."""
    return next((level for level in LEVELS if levels.get(level)), None)


def _counted(level: str, count: int) -> str:
    return f"{count:,} {level}" if level == "fatal" or count == 1 else f"{count:,} {level}s"
