"""Cells of Sentry's rows as Python values. A missing cell is empty, never an error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sentry_logs.answers import MARK_LEVELS, ErrorMark, MarkState, worst_level
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


def mark(levels: Mapping[str, int], titles: Iterable[tuple[datetime, str, str]]) -> ErrorMark:
    """Build the mark of one call from its counts and its (last seen, level, title) rows."""
    kept = {level: levels[level] for level in MARK_LEVELS if levels.get(level)}
    state: MarkState = "warnings" if worst_level(kept) == "warning" else "errors"
    shown = [row for row in titles if (row[1] == "warning") == (state == "warnings")]
    last_seen, _level, title = max(shown, key=lambda row: row[0], default=(None, "", ""))
    return ErrorMark(state, kept, last_title=title, last_seen=last_seen) if kept else ErrorMark("clean")
