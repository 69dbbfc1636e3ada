"""How one filter is tested against one event.

Source: Sentry 23.7.1 source, search/events/builder/discover.py (`_default_filter_converter` and the
converters by name).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sentry_logs.sandbox.columns import Column, Columns, Read
from sentry_logs.sandbox.errors import InvalidSearchQuery
from sentry_logs.sandbox.events import Event
from sentry_logs.sandbox.filters import Filter
from sentry_logs.sandbox.timerange import Range

Test = Callable[[Event], bool]
WILDCARD = re.compile(r"(?<!\\)(?:\\\\)*\*")
COMPARE = {"=": eq, "!=": ne, ">": gt, "<": lt, ">=": ge, "<=": le}
EVENT_ID = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\Z", re.IGNORECASE)
ID_LABELS = {"id": "Filter ID", "trace": "Filter Trace ID"}
BAD_ID = (
    "{} must be a valid UUID hex (32-36 characters long, containing only digits, dashes, or a-f characters)"
)
OUTSIDE = "Filter on timestamp is outside of the selected date range."


class Filters:
    """Make predicates from filters, for one request."""

    def __init__(self, columns: Columns, asked: Range, slugs: Collection[str], old: bool) -> None:
        self._columns = columns
        self._asked = asked
        self._slugs = slugs
        self._old = old

    def test(self, condition: Filter) -> Test:
        """Make the predicate of one filter, or refuse it as Sentry would."""
        column = self._columns.get(condition.key)
        negative = condition.operator in ("!=", "NOT IN")
        if column.kind in ("date", "integer", "boolean"):
            return self._number(condition, column, negative)
        patterns = self._patterns(condition)
        self._check(condition, patterns)
        if column.name == "message" and not column.is_tag:
            return _message(patterns, negative)
        if column.name == "environment":
            return _environment(patterns, negative)
        return _text(column, patterns, negative)

    def _number(self, condition: Filter, column: Column, negative: bool) -> Test:
        read, value = column.read, condition.value
        if isinstance(value, list):
            return lambda event: (read(event) in value) != negative
        if value == "":
            return lambda event: (read(event) is None) != negative
        if condition.key.startswith("timestamp"):
            self._check_time(condition.operator, float(str(value)))
        compare = COMPARE[condition.operator]
        return lambda event: bool(compare(read(event), value))

    def _check_time(self, operator: str, value: float) -> None:
        too_early = operator in ("<", "<=") and value < self._asked.start
        too_late = operator in (">", ">=") and value > self._asked.end
        if too_early or too_late:
            raise InvalidSearchQuery(OUTSIDE)

    def _patterns(self, condition: Filter) -> list[str | re.Pattern[str]]:
        """Turn the value into texts to equal and patterns to match; old lists take `*` literally."""
        if not isinstance(condition.value, list):
            return [_pattern(str(condition.value))]
        values = [str(value) for value in condition.value]
        return [*values] if self._old else [_pattern(value) for value in values]

    def _check(self, condition: Filter, patterns: list[str | re.Pattern[str]]) -> None:
        if condition.key in ID_LABELS:
            _check_ids(condition.key, patterns)
        if condition.key in ("project", "project.name"):
            unknown = [text for text in patterns if isinstance(text, str) and text not in self._slugs]
            if unknown and condition.value != "":
                names = ", ".join(unknown)
                raise InvalidSearchQuery(
                    f"Invalid query. Project(s) {names} do not exist or are not actively selected."
                )


def _check_ids(key: str, patterns: list[str | re.Pattern[str]]) -> None:
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise InvalidSearchQuery(f"Wildcard conditions are not permitted on `{key}` field.")
        if pattern and not EVENT_ID.match(pattern):
            raise InvalidSearchQuery(BAD_ID.format(ID_LABELS[key]))


def _pattern(value: str) -> str | re.Pattern[str]:
    """Read a value: with a live `*` it is a case-insensitive pattern, else plain text with `\\*` as `*`."""
    if WILDCARD.search(value):
        return re.compile(_translated(value), re.IGNORECASE | re.DOTALL)
    return value.replace("\\*", "*")


def _translated(value: str) -> str:
    parts = re.findall(r"\\.|.", value, re.DOTALL)
    return "".join(".*" if part == "*" else re.escape(part[-1]) for part in parts)


def _message(patterns: list[str | re.Pattern[str]], negative: bool) -> Test:
    """`message` and free text look for a part of the text, in any case."""
    if patterns == [""]:
        return lambda event: (event.message == "") != negative
    if len(patterns) == 1 and isinstance(patterns[0], str):
        wanted = patterns[0].lower()
        return lambda event: (wanted in event.message.lower()) != negative
    tests = [pattern.search if isinstance(pattern, re.Pattern) else pattern.__eq__ for pattern in patterns]
    return lambda event: any(test(event.message) for test in tests) != negative


def _environment(patterns: list[str | re.Pattern[str]], negative: bool) -> Test:
    """Wildcards match no environment, and `!environment:x` leaves out events that have none."""
    names = {text or None for text in patterns if isinstance(text, str)}
    if negative and None not in names:
        return lambda event: event.environment is not None and event.environment not in names
    return lambda event: (event.environment in names) != negative


def _text(column: Column, patterns: list[str | re.Pattern[str]], negative: bool) -> Test:
    texts = {text.replace("-", "") if column.name in ID_LABELS else text for text in _plain(patterns)}
    live = [pattern for pattern in patterns if isinstance(pattern, re.Pattern)]
    if column.is_array:
        return _array(column.read, texts, live, negative)
    if "" in texts:
        texts = {*texts, None}
    read = column.read
    if not live:
        return lambda event: (read(event) in texts) != negative
    return lambda event: _matches(read(event), texts, live) != negative


def _plain(patterns: list[str | re.Pattern[str]]) -> set[Any]:
    return {pattern for pattern in patterns if isinstance(pattern, str)}


def _matches(value: Any, texts: set[Any], live: list[re.Pattern[str]]) -> bool:
    return value in texts or any(pattern.fullmatch(value or "") for pattern in live)


def _array(read: Read, texts: set[Any], live: list[re.Pattern[str]], negative: bool) -> Test:
    def test(event: Event) -> bool:
        values = [str(value) for value in read(event) if value is not None]
        if texts == {""}:
            return (not values) != negative
        return any(_matches(value, texts, live) for value in values) != negative

    return test
