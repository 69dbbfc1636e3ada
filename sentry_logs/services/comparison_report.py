"""What a comparison of the old and the new way of asking found."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sentry_logs.answers import BackendName
from sentry_logs.services.measuring import Measured

OLD: BackendName = "project_events"
NEW: BackendName = "discover"
NAMES: dict[BackendName, str] = {OLD: "legacy", NEW: "Discover"}
AGES = {
    "last hour": timedelta(hours=1),
    "last 24 hours": timedelta(hours=24),
    "1 to 7 days": timedelta(days=7),
    "7 to 30 days": timedelta(days=30),
    "30 to 90 days": timedelta(days=90),
}
EXAMPLES = 10


@dataclass(slots=True)
class Coverage:
    """Calls of one age: how many were opened, how many had logs either way, and how many each way."""

    age: str
    calls: int = 0
    with_logs: int = 0
    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))

    def add(self, found: dict[BackendName, bool]) -> None:
        self.calls += 1
        self.with_logs += any(found.values())
        for name, yes in found.items():
            self.found[name] += yes


@dataclass(frozen=True, slots=True)
class Example:
    """A call whose mark differs; `started_at` is ISO 8601 in UTC, `old` and `new` are words."""

    correlation_id: str
    started_at: str
    old: str
    new: str


@dataclass(slots=True)
class Changes:
    """Calls whose mark differs, and the first of them as examples."""

    count: int = 0
    examples: list[Example] = field(default_factory=list)

    def add(self, example: Example) -> None:
        self.count += 1
        if self.count <= EXAMPLES:
            self.examples.append(example)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call page takes: means of requests and bytes, the median of seconds."""

    requests: float = 0.0
    bytes: float = 0.0
    seconds: float = 0.0

    @classmethod
    def of(cls, spent: Sequence[Measured[Any]]) -> Cost:
        if not spent:
            return cls()
        return cls(
            statistics.mean(one.requests for one in spent),
            statistics.mean(one.bytes for one in spent),
            statistics.median(one.seconds for one in spent),
        )


@dataclass(slots=True)
class WayReport:
    """One way's part: calls marked with errors, calls it said anything definite about, failed questions."""

    name: str
    errors: int = 0
    definite: int = 0
    unanswered: int = 0
    cost: Cost = field(default_factory=Cost)


@dataclass(slots=True)
class Comparison:
    """The whole report. Times are ISO 8601 in UTC; `compared` counts calls that both ways gave a mark.

    `late` are errors that the new way found only when it was asked again, `not_askable` are calls whose id
    cannot be spelled in a query.
    """

    environment: str
    period: str
    start: str
    end: str
    calls: int = 0
    not_askable: int = 0
    compared: int = 0
    late: int = 0
    ways: dict[str, WayReport] = field(
        default_factory=lambda: {name: WayReport(words) for name, words in NAMES.items()}
    )
    coverage: list[Coverage] = field(default_factory=list)
    lost: Changes = field(default_factory=Changes)
    gained: Changes = field(default_factory=Changes)

    @property
    def unanswered(self) -> int:
        return sum(way.unanswered for way in self.ways.values())
