"""What a question selects: columns and functions, and the order of the rows.

Source: Sentry 23.7.1 source, search/events/builder/discover.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sentry_logs.sandbox.columns import Column, Columns, iso_second
from sentry_logs.sandbox.errors import InvalidSearchQuery
from sentry_logs.sandbox.events import Event
from sentry_logs.sandbox.functions import Aggregate, read_function

MAX_FIELDS = 20
Row = dict[str, Any]
CONFLICT = (
    "A single field cannot be used both inside and outside a function in the same query. "
    "To use {} you must first remove the function(s): {}"
)


@dataclass(frozen=True, slots=True)
class Selection:
    """The columns and functions of one question, duplicates dropped."""

    columns: tuple[Column, ...]
    aggregates: tuple[Aggregate, ...]

    def kinds(self) -> dict[str, str]:
        """Give the type of every output column, as `meta.fields` has it."""
        kinds = {column.name: column.kind for column in self.columns}
        return kinds | {aggregate.text: aggregate.kind for aggregate in self.aggregates}


def read_selection(fields: Sequence[str], columns: Columns, seconds: float) -> Selection:
    """Read the `field` parameters; ids are added to plain rows as Sentry does."""
    if not fields:
        raise InvalidSearchQuery("No columns selected")
    functions = {text: read_function(text, columns, seconds) for text in dict.fromkeys(fields)}
    aggregates = tuple(function for function in functions.values() if function)
    names = [text for text, function in functions.items() if function is None]
    _check_conflict(names, aggregates)
    if not aggregates:
        names = [*names, *(name for name in ("id", "project.name") if name not in names)]
    if "issue" in names and "issue.id" not in names:
        names.append("issue.id")
    return Selection(tuple(columns.get(name) for name in names), aggregates)


def _check_conflict(names: Sequence[str], aggregates: Sequence[Aggregate]) -> None:
    for name in names:
        inside = [aggregate.text for aggregate in aggregates if aggregate.direct == name]
        if inside:
            raise InvalidSearchQuery(CONFLICT.format(name, ", ".join(inside)))


def cell(column: Column, event: Event) -> Any:
    """Read one value of one event as it goes into a row."""
    value = column.read(event)
    return iso_second(value) if column.kind == "date" and value is not None else value


def _key_reader(column: Column) -> Callable[[Event], Any]:
    return (lambda event: str(column.read(event))) if column.is_array else column.read


def grouped(events: Sequence[Event], columns: Sequence[Column]) -> list[tuple[Row, list[Event]]]:
    """Group events by the values of the plain columns; without columns there is one group."""
    if not columns:
        return [({}, list(events))]
    groups: dict[Any, list[Event]] = defaultdict(list)
    keys = zip(*(map(_key_reader(column), events) for column in columns), strict=True)
    for key, event in zip(keys, events, strict=True):
        groups[key].append(event)
    return [({column.name: cell(column, rows[0]) for column in columns}, rows) for rows in groups.values()]


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key: an output column and its direction."""

    key: str
    descending: bool


def read_order(sorts: Sequence[str], selection: Selection) -> list[Order]:
    """Read the `sort` parameters: only selected columns, by name or by a function's alias."""
    names = {column.name: column.name for column in selection.columns}
    names |= {aggregate.alias: aggregate.text for aggregate in selection.aggregates}
    names |= {aggregate.text: aggregate.text for aggregate in selection.aggregates}
    orders = []
    for sort in sorts:
        bare = sort.removeprefix("-")
        if bare not in names:
            raise InvalidSearchQuery("Cannot sort by a field that is not selected.")
        orders.append(Order(names[bare], sort.startswith("-")))
    return orders


def sort_rows(
    rows: list[Any], orders: Sequence[Order], reader: Callable[[str], Callable[[Any], Any]]
) -> None:
    """Sort in place by every key, the first one strongest; nulls count as the smallest."""
    for order in reversed(orders):
        read = reader(order.key)
        rows.sort(key=_null_first(read), reverse=order.descending)


def _null_first(read: Callable[[Any], Any]) -> Callable[[Any], tuple[bool, Any]]:
    def key(row: Any) -> tuple[bool, Any]:
        value = read(row)
        if isinstance(value, list):
            value = str(value)
        return (value is not None, value if value is not None else "")

    return key
