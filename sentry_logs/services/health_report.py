"""What correlation health found out, per environment and week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sentry_logs.answers import Window


@dataclass(frozen=True, slots=True)
class Figures:
    """`calls` and `ids` are how many were looked at; all others count what was found among these."""

    calls: int = 0
    calls_with_events: int = 0
    tagged: int = 0
    untagged: int = 0
    ids: int = 0
    ids_without_call: int = 0
    all_ids: int = 0
    not_askable: int = 0
    lines: int = 0
    untagged_lines: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def events(self) -> int:
        return self.tagged + self.untagged


@dataclass(frozen=True, slots=True)
class Example:
    """An id that shows what a figure means."""

    correlation_id: str
    environment: str


@dataclass(frozen=True, slots=True)
class Health:
    """Figures per environment, one for each week, newest first; the name is empty for events without one.

    Log lines are counted from `lines_since` on, as far back as they are kept; None where they were not.
    """

    weeks: tuple[Window, ...]
    figures: dict[str, tuple[Figures, ...]]
    strangers: tuple[Example, ...] = ()
    not_askable: tuple[Example, ...] = ()
    lines_since: datetime | None = None

    def total(self, environment: str) -> Figures:
        return sum(self.figures[environment], Figures())

    @property
    def all_together(self) -> Figures:
        return sum((self.total(name) for name in self.figures), Figures())
