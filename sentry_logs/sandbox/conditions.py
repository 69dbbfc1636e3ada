"""From the terms of a search to the events that satisfy it.

Source: Sentry 23.7.1 source, search/events/builder/discover.py (`resolve_boolean_conditions` and the
filter converters).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sentry_logs.sandbox.errors import InvalidSearchQuery
from sentry_logs.sandbox.filters import AggregateFilter, Filter, read_aggregate, read_filter
from sentry_logs.sandbox.search import Group, Operator, Term, parse

MIXED_OR = "Having an OR between aggregate filters and normal filters is invalid."


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold; no parts means everything."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part must hold."""

    parts: tuple[Condition, ...]


Leaf = Filter | AggregateFilter
Condition = All | Either | Filter | AggregateFilter


@dataclass(frozen=True, slots=True)
class Search:
    """A query in two halves: conditions on events, and conditions on the groups they form."""

    where: Condition
    having: Condition


def read_search(query: str, now: datetime, old: bool) -> Search:
    """Parse a query; what Sentry refuses raises InvalidSearchQuery with its words."""
    tree = _combine(parse(query, old), now)
    return _halves(tree)


def _combine(terms: Sequence[Term], now: datetime) -> Condition:
    """Join terms: AND binds tighter than OR and may be left out."""
    if len(terms) == 1:
        return _condition(terms[0], now)
    _check_operators(terms)
    alternatives: list[list[Condition]] = [[]]
    for term in terms:
        if not isinstance(term, Operator):
            alternatives[-1].append(_condition(term, now))
        elif term.name == "OR":
            alternatives.append([])
    branches = tuple(_all(parts) for parts in alternatives)
    return branches[0] if len(branches) == 1 else Either(branches)


def _all(parts: Sequence[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _condition(term: Term, now: datetime) -> Condition:
    if isinstance(term, Group):
        return _combine(term.terms, now)
    if isinstance(term, Operator):
        return All(())
    if term.kind == "AGGREGATE":
        return read_aggregate(term, now)
    return _all(read_filter(term, now))


def _check_operators(terms: Sequence[Term]) -> None:
    before: Term | None = None
    for term in terms:
        if isinstance(term, Operator) and before is None:
            raise InvalidSearchQuery(f"Condition is missing on the left side of '{term.name}' operator")
        if isinstance(term, Operator) and isinstance(before, Operator):
            raise InvalidSearchQuery(
                f"Missing condition in between two condition operators: '{before.name} {term.name}'"
            )
        before = term
    if isinstance(before, Operator):
        raise InvalidSearchQuery(f"Condition is missing on the right side of '{before.name}' operator")


def _halves(tree: Condition) -> Search:
    """Tell the conditions on events from those on groups; an OR must not mix them."""
    nothing = All(())
    if isinstance(tree, AggregateFilter):
        return Search(nothing, tree)
    if isinstance(tree, Filter):
        return Search(tree, nothing)
    halves = [_halves(part) for part in tree.parts]
    where = [half.where for half in halves if half.where != nothing]
    having = [half.having for half in halves if half.having != nothing]
    if isinstance(tree, All):
        return Search(_all(where), _all(having))
    if where and having:
        raise InvalidSearchQuery(MIXED_OR)
    joined = Either(tuple(half.where if where else half.having for half in halves))
    return Search(joined, nothing) if where else Search(nothing, joined)


def compile_condition(
    condition: Condition, leaf: Callable[[Any], Callable[[Any], bool]]
) -> Callable[[Any], bool]:
    """Make one predicate; `leaf` makes the predicate of a filter."""
    if not isinstance(condition, (All, Either)):
        return leaf(condition)
    tests = [compile_condition(part, leaf) for part in condition.parts]
    if len(tests) == 1:
        return tests[0]
    if isinstance(condition, All):
        return lambda row: all(test(row) for test in tests)
    return lambda row: any(test(row) for test in tests)


def leaves(condition: Condition) -> list[Leaf]:
    """List every filter of a condition."""
    if isinstance(condition, (All, Either)):
        return [leaf for part in condition.parts for leaf in leaves(part)]
    return [condition]


def required(condition: Condition) -> tuple[Condition, ...]:
    """List the parts that every match must satisfy."""
    if isinstance(condition, All):
        return tuple(leaf for part in condition.parts for leaf in required(part))
    return (condition,)
