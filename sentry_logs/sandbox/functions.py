"""The aggregate functions, as Sentry's Discover knows them.

Source: Sentry 23.7.1 source, search/events/datasets/discover.py and search/events/fields.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sentry_logs.sandbox.columns import Column, Columns, iso_second
from sentry_logs.sandbox.errors import InvalidSearchQuery
from sentry_logs.sandbox.events import Event
from sentry_logs.sandbox.log_columns import LogColumns, precise

FUNCTION = re.compile(r"(?P<name>[^(]+)\((?P<arguments>.*)\)\Z", re.DOTALL)
Rows = Sequence[Event]
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": eq,
    "notEquals": ne,
    "less": lt,
    "greater": gt,
    "lessOrEquals": le,
    "greaterOrEquals": ge,
}
NOT_COUNTABLE = (
    "project",
    "issue",
    "user.display",
    "error.unhandled",
    "timestamp.to_hour",
    "timestamp.to_day",
)
ARITY = {
    "count": 0,
    "count_unique": 1,
    "count_if": 3,
    "min": 1,
    "max": 1,
    "last_seen": 0,
    "latest_event": 0,
    "any": 1,
    "eps": 0,
    "epm": 0,
}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function of a group of events; `direct` is the column that it takes as its own argument."""

    text: str
    alias: str
    kind: str
    compute: Callable[[Rows], Any]
    direct: str | None = None


def read_function(text: str, columns: Columns, seconds: float) -> Aggregate | None:
    """Read `name(arguments)`; None when the text is a plain column, InvalidSearchQuery when refused."""
    match = FUNCTION.match(text)
    if match is None:
        return None
    name, arguments = match["name"], split_arguments(match["arguments"])
    if name not in ARITY:
        raise InvalidSearchQuery(f"{name} is not a valid function")
    if len(arguments) != ARITY[name]:
        raise InvalidSearchQuery(f"{name}: expected {ARITY[name]} argument(s)")
    kind, compute = _computed(name, arguments, columns, seconds)
    direct = arguments[0] if name in ("min", "max", "any", "count_unique") else None
    return Aggregate(text, _alias(name, arguments), kind, compute, direct)


def split_arguments(text: str) -> list[str]:
    """Split at commas that are not inside quotes."""
    parts = re.findall(r'\s*("(?:\\"|[^"])*"|[^,]*?)\s*(?:,|\Z)', text)
    return [part for part in parts if part]


def _alias(name: str, arguments: Sequence[str]) -> str:
    joined = re.sub(r"[^\w]", "_", "_".join(arguments))
    return f"{name}_{joined}".rstrip("_")


def _computed(
    name: str, arguments: Sequence[str], columns: Columns, seconds: float
) -> tuple[str, Callable[[Rows], Any]]:
    if name == "count":
        return "integer", len
    if name in ("eps", "epm"):
        unit = 60.0 if name == "epm" else 1.0
        return "number", lambda rows: len(rows) * unit / seconds
    if isinstance(columns, LogColumns) and name in ("min", "max"):
        if arguments != ["timestamp_precise"]:
            raise InvalidSearchQuery(f"{name}: column argument invalid: {arguments[0]} is not a valid column")
        return "integer", precise(name)
    if name in ("min", "max", "last_seen"):
        return "date", _extreme(name, arguments[0] if arguments else "timestamp")
    if name == "latest_event":
        return "string", _latest
    if name == "count_if":
        return "integer", _count_if(arguments, columns)
    column = columns.get("issue.id" if arguments[0] == "issue" else arguments[0])
    return ("integer", _unique(column)) if name == "count_unique" else ("string", _first(column))


def _extreme(name: str, argument: str) -> Callable[[Rows], str]:
    if argument not in ("timestamp", "time"):
        raise InvalidSearchQuery(f"{name}: column argument invalid: {argument} is not a valid column")
    choose = min if name == "min" else max
    return lambda rows: iso_second(choose((event.second for event in rows), default=0))


def _latest(rows: Rows) -> str:
    return max(rows, key=lambda event: event.timestamp).id if rows else ""


def _unique(column: Column) -> Callable[[Rows], int]:
    read = column.read

    def count(rows: Rows) -> int:
        values = {str(value) if column.is_array else value for value in map(read, rows)}
        return len(values - {None})

    return count


def _first(column: Column) -> Callable[[Rows], Any]:
    return lambda rows: next((value for value in map(column.read, rows) if value is not None), None)


def _count_if(arguments: Sequence[str], columns: Columns) -> Callable[[Rows], int]:
    name, operator, text = arguments
    if name in NOT_COUNTABLE:
        raise InvalidSearchQuery(f"count_if: column argument invalid: {name} is not a valid column")
    if operator not in OPERATORS:
        raise InvalidSearchQuery(
            f"count_if: condition argument invalid: string must be one of {[*OPERATORS]}"
        )
    column = columns.get(name)
    wanted = _plain(text, column)
    if column.is_array:
        return _count_in_arrays(column, operator, wanted)
    compare, read = OPERATORS[operator], column.read
    return lambda rows: sum(1 for value in map(read, rows) if value is not None and compare(value, wanted))


def _count_in_arrays(column: Column, operator: str, wanted: Any) -> Callable[[Rows], int]:
    if operator not in ("equals", "notEquals"):
        raise InvalidSearchQuery(f"count_if: condition argument invalid for the array {column.name}")
    positive = operator == "equals"
    return lambda rows: sum((wanted in values) == positive for values in map(column.read, rows))


def _plain(text: str, column: Column) -> Any:
    value = text[1:-1].replace('\\"', '"') if text[:1] == '"' == text[-1:] and len(text) > 1 else text
    if column.kind in ("integer", "boolean", "date"):
        try:
            return float(value)
        except ValueError:
            raise InvalidSearchQuery(f"count_if: value argument invalid: {value} is not a number") from None
    return value
