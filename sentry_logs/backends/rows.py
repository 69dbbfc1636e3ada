"""Cells of Sentry's rows as Python values. A missing cell is empty, never an error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sentry_logs.answers import IssueCalls, LevelCount
from sentry_logs.client import parse_moment

Row = Mapping[str, Any]


def text(row: Row, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else "" if value is None else str(value)


def count(row: Row, key: str) -> int:
    value = row.get(key)
    return int(value) if isinstance(value, (int, float)) else 0


def moment(row: Row, key: str) -> datetime | None:
    return parse_moment(row.get(key))


def counted(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Add up (name, count) pairs and drop what adds up to nothing."""
    sums: Counter[str] = Counter()
    for name, number in pairs:
        sums[name] += number
    return {name: number for name, number in sums.items() if number}


def filled(found: Iterable[Row], key: str) -> tuple[str, ...]:
    """Return the texts of one column that are not empty, each once."""
    return tuple(dict.fromkeys(value for row in found if (value := text(row, key))))


def level_count(row: Row, tag_field: str) -> LevelCount | None:
    first, last = moment(row, "min(timestamp)"), moment(row, "max(timestamp)")
    if first is None or last is None:
        return None
    return LevelCount(
        correlation_id=text(row, tag_field),
        environment=text(row, "environment"),
        level=text(row, "level"),
        count=count(row, "count()"),
        last_title=text(row, "title"),
        first_seen=first,
        last_seen=last,
    )


def merged(counts: Iterable[LevelCount]) -> tuple[LevelCount, ...]:
    """Put counts that differ in their title only into one, with the title of the last event."""
    found: dict[tuple[str, str, str], LevelCount] = {}
    for one in counts:
        key = (one.correlation_id, one.environment, one.level)
        found[key] = _sum(found[key], one) if key in found else one
    return tuple(found.values())


def _sum(one: LevelCount, other: LevelCount) -> LevelCount:
    last = max(one, other, key=lambda count: count.last_seen)
    first_seen = min(one.first_seen, other.first_seen)
    return replace(last, count=one.count + other.count, first_seen=first_seen)


def issue_calls(pairs: Iterable[tuple[str, str]]) -> IssueCalls:
    """Put ids with their releases together; each id counts once for each of its releases."""
    once = dict.fromkeys(pair for pair in pairs if pair[0])
    ids = dict.fromkeys(correlation_id for correlation_id, _release in once)
    return IssueCalls(tuple(ids), counted((release, 1) for _id, release in once))
