"""GET /api/0/organizations/{org}/events/

Source: https://docs.sentry.io/api/explore/query-explore-events-in-table-format/ and Sentry 23.7.1 source,
api/endpoints/organization_events.py.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import ceil
from typing import Any

from sentry_logs.sandbox.columns import Columns
from sentry_logs.sandbox.conditions import (
    All,
    Condition,
    Search,
    compile_condition,
    leaves,
    read_search,
    required,
)
from sentry_logs.sandbox.errors import InvalidSearchQuery, bad_request
from sentry_logs.sandbox.events import Event
from sentry_logs.sandbox.filters import AggregateFilter, Filter
from sentry_logs.sandbox.functions import Aggregate, read_function
from sentry_logs.sandbox.http import Request, Response, json_response
from sentry_logs.sandbox.log_columns import DATASETS as LOG_DATASETS
from sentry_logs.sandbox.log_columns import LARGEST_PAGE, RETENTION, LogColumns, LogFilters
from sentry_logs.sandbox.pagination import LARGEST, Window, cut, link_header, read_window
from sentry_logs.sandbox.predicates import COMPARE, WILDCARD, Filters
from sentry_logs.sandbox.scope import Scope
from sentry_logs.sandbox.selection import (
    MAX_FIELDS,
    Row,
    Selection,
    cell,
    grouped,
    read_order,
    read_selection,
    sort_rows,
)
from sentry_logs.sandbox.store import EventStore

OLD_DATASETS = (
    "discover",
    "metricsEnhanced",
    "metrics",
    "profiles",
    "issuePlatform",
    "profileFunctions",
    "spansIndexed",
    "spansMetrics",
)
NEW_DATASETS = (*OLD_DATASETS, "errors", "transactions", "logs", "ourlogs", "spans", "tracemetrics")
EMPTY_DATASETS = ("spans", "tracemetrics")


class Question:
    """One request to the events endpoint, read and checked; `answer` gives the rows."""

    def __init__(self, request: Request, store: EventStore, scope: Scope, old: bool) -> None:
        self.request, self.store, self.scope = request, store, scope
        self.dataset = read_dataset(request, old)
        self.is_logs = self.dataset in LOG_DATASETS
        self.columns = LogColumns(store, "logs") if self.is_logs else Columns(store, self.dataset)
        span = scope.range.end - scope.range.start
        self.search = read_search(request.last("query") or "", datetime.now(UTC), old)
        self.selection = read_selection(request.all("field"), self.columns, span)
        self.orders = read_order(request.all("sort") or request.all("orderby"), self.selection)
        slugs = [store.projects[key].slug for key in scope.projects]
        kind = LogFilters if self.is_logs else Filters
        self.filters = kind(self.columns, scope.range, slugs, old)
        self.having = self._having(self.search)

    def events(self) -> list[Event]:
        """List the events that satisfy the conditions, in no order."""
        events = self._candidates()
        for part in required(self.search.where):
            test = compile_condition(part, self._leaf)
            events = [event for event in events if test(event)]
        return events

    def _leaf(self, leaf: Any) -> Callable[[Any], bool]:
        return self.filters.test(leaf)

    def _candidates(self) -> list[Event]:
        start, end = ceil(self.scope.range.start), ceil(self.scope.range.end)
        ids = indexed_values(self.search.where, self.store.indexed_tag)
        store = self.store.logs if self.is_logs else self.store
        if self.is_logs:
            start = max(start, ceil((datetime.now(UTC) - RETENTION).timestamp()))
        found = store.between(start, end) if ids is None else store.tagged(ids, start, end)
        projects = set(self.scope.projects)
        names = {name or None for name in self.scope.environments}
        if len(projects) < len(self.store.projects):
            found = [event for event in found if event.project_id in projects]
        if names:
            found = [event for event in found if event.environment in names]
        return self._of_dataset(found)

    def _of_dataset(self, events: list[Event]) -> list[Event]:
        if self.dataset in EMPTY_DATASETS:
            return []
        if self.dataset == "errors":
            return [event for event in events if event.type != "transaction"]
        if self.dataset == "transactions":
            return [event for event in events if event.type == "transaction"]
        return events

    def _having(self, search: Search) -> Condition:
        if (self.request.last("allowAggregateConditions") or "1") != "1":
            return All(())
        if leaves(search.having) and self.is_logs:
            raise InvalidSearchQuery("Aggregate conditions are not supported on logs.")
        if leaves(search.having) and not self.selection.aggregates:
            names = ", ".join(
                leaf.function for leaf in leaves(search.having) if isinstance(leaf, AggregateFilter)
            )
            raise InvalidSearchQuery(
                f"Aggregate(s) {names} used in a condition but are not in the selected columns."
            )
        return search.having

    def group_test(self) -> Callable[[Any], bool]:
        """Make the predicate of a group's events."""
        return compile_condition(self.having, self._group_leaf)

    def _group_leaf(self, leaf: Any) -> Callable[[Any], bool]:
        span = self.scope.range.end - self.scope.range.start
        function = read_function(leaf.function, self.columns, span)
        if function is None:
            raise InvalidSearchQuery(f"{leaf.function} is not a valid function")
        compare, value = COMPARE[leaf.operator], leaf.value
        return lambda rows: bool(compare(_comparable(function, function.compute(rows)), value))


def _comparable(function: Aggregate, value: Any) -> Any:
    return datetime.fromisoformat(value).timestamp() if function.kind == "date" else value


def read_dataset(request: Request, old: bool) -> str:
    """Read `dataset`: an old server knows no `errors`, and says which ones it knows."""
    known = OLD_DATASETS if old else NEW_DATASETS
    dataset = request.last("dataset") or "discover"
    if dataset not in known:
        raise bad_request(f"dataset must be one of: {', '.join(known)}")
    return dataset


def indexed_values(where: Condition, tag: str) -> list[str] | None:
    """Find the values that the indexed tag must have; None when the query does not pin it down."""
    for part in required(where):
        if isinstance(part, Filter) and part.key in (tag, f"tags[{tag}]") and part.operator in ("=", "IN"):
            values = part.value if isinstance(part.value, list) else [part.value]
            texts = [str(value) for value in values]
            if not any(WILDCARD.search(text) or not text or "\\" in text for text in texts):
                return texts
    return None


def answer(
    request: Request, store: EventStore, scope: Scope, *, old: bool, shuffle: int, host: str | None
) -> Response:
    """Answer one question; `shuffle` seeds the order of rows that the question leaves open."""
    if not scope.projects:
        tips = {"query": "Need at least one valid project to query."}
        return json_response({"data": [], "meta": {"tips": tips}})
    if len(request.all("field")) > MAX_FIELDS:
        raise bad_request(
            f"You can view up to {MAX_FIELDS} fields at a time. Please delete some and try again."
        )
    try:
        question = Question(request, store, scope, old)
        window = read_window(request, old, LARGEST_PAGE if question.is_logs else LARGEST)
        rows, more = _rows(question, window, random.Random(shuffle))
    except InvalidSearchQuery as error:
        raise bad_request(str(error)) from None
    headers = [] if request.last("noPagination") else [("Link", link_header(request, window, more, host))]
    return json_response({"data": rows, "meta": _meta(question, old)}, headers=headers)


def _rows(question: Question, window: Window, rng: random.Random) -> tuple[list[Row], bool]:
    if question.selection.aggregates:
        return _grouped_rows(question, window, rng)
    events = question.events()
    rng.shuffle(events)
    sort_rows(events, question.orders, lambda name: question.columns.get(name).read)
    page, more = cut(events, window)
    columns = question.selection.columns
    return [{column.name: cell(column, event) for column in columns} for event in page], more


def _grouped_rows(question: Question, window: Window, rng: random.Random) -> tuple[list[Row], bool]:
    keep = question.group_test()
    found = grouped(question.events(), question.selection.columns)
    groups = [(row, events) for row, events in found if keep(events)]
    rng.shuffle(groups)
    wanted = {order.key for order in question.orders}
    _compute(groups, question.selection, wanted)
    sort_rows(groups, question.orders, lambda name: lambda group: group[0][name])
    page, more = cut(groups, window)
    _compute(page, question.selection, {aggregate.text for aggregate in question.selection.aggregates})
    return [row for row, _ in page], more


def _compute(groups: Sequence[tuple[Row, list[Event]]], selection: Selection, names: set[str]) -> None:
    """Fill in the named functions; most are needed for the rows of one page only."""
    for aggregate in selection.aggregates:
        if aggregate.text in names:
            for row, events in groups:
                row[aggregate.text] = aggregate.compute(events)


def _meta(question: Question, old: bool) -> dict[str, Any]:
    kinds = question.selection.kinds()
    meta: dict[str, Any] = {
        "fields": kinds,
        "units": dict.fromkeys(kinds),
        "isMetricsData": False,
        "tips": {"query": None, "columns": None},
    }
    if not old:
        meta |= {"datasetReason": "unchanged", "dataset": question.dataset, "isMetricsExtractedData": False}
    return meta
