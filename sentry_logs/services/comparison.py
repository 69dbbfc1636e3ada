"""The old and the new way of asking, put to the same calls.

A mark is lost when the old way reports an error and the new one does not: that must be explained before the
old way can go. Both get the same fixed window and the old way is asked first, so that an event which arrives
in between is no difference; what the new way finds on a second look is late, not lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings

from sentry_logs.answers import BackendName, CallToCheck, ErrorMark, Window
from sentry_logs.backends import WAYS, can_be_asked
from sentry_logs.calls_between import calls_between
from sentry_logs.periods import CALL_MARGIN_BEFORE, Period
from sentry_logs.services.comparison_report import (
    AGES,
    NAMES,
    NEW,
    OLD,
    Changes,
    Comparison,
    Cost,
    Coverage,
    Example,
)
from sentry_logs.services.measuring import Measured, Way
from sentry_logs.unavailable import LogsException

TABLE_PAGE = 50
FAILURES_IN_A_ROW = 3
DEFINITE = ("errors", "warnings", "clean")
STATES = {"clean": "no errors", "partly": "partly checked", "failed": "check failed"}

Value = TypeVar("Value")
Tick = Callable[[int, int], None]


class CannotCompare(LogsException):
    """There is nothing to compare, or Sentry does not answer."""


def compare(environment: str, period: Period, sample: int, now: datetime, tick: Tick) -> Comparison:
    """Ask both ways about at most `sample` calls of each age; `tick` hears how far it is, and of how much."""
    if not set(NAMES) <= set(WAYS):
        raise CannotCompare("There is nothing to compare: the old way has been removed.")
    reach = min(period.length or timedelta(), timedelta(days=settings.SENTRY_RETENTION_DAYS))
    groups = {
        age: calls_between(environment, max(older, now - reach), newer, sample)
        for age, older, newer in _stretches(now)
        if newer > now - reach
    }
    if not any(groups.values()):
        raise CannotCompare("There are no calls in this environment and period.")
    window = Window(now - reach, now)
    return _Run(environment, period.name, window, groups, tick).report()


class _Run:
    def __init__(
        self,
        environment: str,
        period: str,
        window: Window,
        groups: dict[str, Sequence[CallToCheck]],
        tick: Tick,
    ) -> None:
        self.groups = {
            age: [call for call in calls if can_be_asked(call.correlation_id)]
            for age, calls in groups.items()
        }
        calls, askable = (sum(map(len, some.values())) for some in (groups, self.groups))
        self.result = Comparison(
            environment, period, window.start.isoformat(), window.end.isoformat(), calls, calls - askable
        )
        wide = Window(window.start - CALL_MARGIN_BEFORE, window.end)
        self.ways = {name: Way(name, environment, wide) for name in (OLD, NEW)}
        self.second = Way(NEW, environment, wide)
        self.spent: dict[BackendName, list[Measured[int]]] = {name: [] for name in NAMES}
        self.failures = dict.fromkeys(NAMES, 0)
        self.tick, self.done = tick, 0
        self.total = 2 * sum(len(calls) + len(list(_pages(calls))) for calls in self.groups.values())

    def report(self) -> Comparison:
        doubtful: list[tuple[CallToCheck, ErrorMark]] = []
        for age, calls in self.groups.items():
            self.result.coverage.append(self._coverage(age, calls))
            for page in _pages(calls):
                doubtful += self._changes(page)
        for part in _pages(doubtful):
            self._second_look(part)
        for name, spent in self.spent.items():
            self.result.ways[name].cost = Cost.of(spent)
        return self.result

    def _coverage(self, age: str, calls: Sequence[CallToCheck]) -> Coverage:
        coverage = Coverage(age)
        for call in calls:
            opened = self._opened(call.correlation_id)
            if opened:
                coverage.add({name: one.value > 0 for name, one in opened.items()})
                for name, one in opened.items():
                    self.spent[name].append(one)
        return coverage

    def _opened(self, correlation_id: str) -> dict[BackendName, Measured[int]]:
        return self._both(lambda way: way.events(correlation_id))

    def _changes(self, page: Sequence[CallToCheck]) -> Iterator[tuple[CallToCheck, ErrorMark]]:
        """Compare the marks of one table page; yield the calls whose mark seems to be lost."""
        found = self._both(lambda way: way.marks(page))
        if not found:
            return
        self.result.compared += len(page)
        for name, one in found.items():
            states = [one.value[call.correlation_id].state for call in page]
            self.result.ways[name].errors += states.count("errors")
            self.result.ways[name].definite += sum(state in DEFINITE for state in states)
        for call in page:
            old, new = (found[name].value[call.correlation_id] for name in (OLD, NEW))
            if old.state == "errors" != new.state:
                yield call, old
            elif new.state == "errors" != old.state:
                _note(self.result.gained, call, old, new)

    def _second_look(self, doubtful: Sequence[tuple[CallToCheck, ErrorMark]]) -> None:
        found = self._asked(self.second, lambda way: way.marks([call for call, _old in doubtful]))
        for call, old in doubtful:
            new = found.value[call.correlation_id] if found else ErrorMark("failed")
            if new.state == "errors":
                self.result.late += 1
            else:
                _note(self.result.lost, call, old, new)

    def _both(self, question: Callable[[Way], Measured[Value]]) -> dict[BackendName, Measured[Value]]:
        """Put a question both ways, the old one first; empty when one of them has no answer."""
        answers = {}
        for name, way in self.ways.items():
            answer = self._asked(way, question)
            self.done += 1
            self.tick(self.done, self.total)
            if answer:
                answers[name] = answer
        return answers if len(answers) == len(self.ways) else {}

    def _asked(self, way: Way, question: Callable[[Way], Measured[Value]]) -> Measured[Value] | None:
        try:
            answer = question(way)
        except LogsException as failure:
            self.result.ways[way.backend].unanswered += 1
            self.failures[way.backend] += 1
            if self.failures[way.backend] == FAILURES_IN_A_ROW:
                words = f"The {NAMES[way.backend]} way has failed three times in a row. {failure.message}"
                raise CannotCompare(words, failure.hint) from None
            return None
        self.failures[way.backend] = 0
        return answer


def _stretches(now: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    newer = now
    for age, limit in AGES.items():
        yield age, now - limit, newer
        newer = now - limit


def _pages(items: Sequence[Value]) -> Iterator[Sequence[Value]]:
    return (items[start : start + TABLE_PAGE] for start in range(0, len(items), TABLE_PAGE))


def _note(changes: Changes, call: CallToCheck, old: ErrorMark, new: ErrorMark) -> None:
    changes.add(Example(call.correlation_id, call.started_at.isoformat(), _words(old), _words(new)))


def _words(mark: ErrorMark) -> str:
    return mark.text or STATES.get(mark.state, mark.state)
