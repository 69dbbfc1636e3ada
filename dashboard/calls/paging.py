"""Pages of a list by the row they begin after, so that new calls never shift what is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from dashboard.calls.models import Call, CallQuerySet

PAGE_SIZE = 50
MOST_COUNTED = 10_000
MOST_PICKED = 1_000
"""Where calls are looked up one by one, counting ends earlier."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Way = Literal["older", "newer"]

_CURSOR = re.compile(r"(older|newer)\.([0-9]{1,17})\.([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list, and the way to go from it."""

    way: Way
    started_at: datetime
    pk: UUID

    def __str__(self) -> str:
        return f"{self.way}.{(self.started_at - EPOCH) // MICROSECOND}.{self.pk.hex}"

    @classmethod
    def at(cls, call: Call, way: Way) -> Cursor:
        return cls(way, call.started_at, call.pk)

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read what `str()` wrote; raise ValueError for anything else."""
        match = _CURSOR.fullmatch(text)
        if not match:
            raise ValueError(text)
        way: Way = "older" if match[1] == "older" else "newer"
        return cls(way, EPOCH + int(match[2]) * MICROSECOND, UUID(match[3]))


@dataclass(frozen=True, slots=True)
class Page:
    """Calls newest first; `total` stops counting at one more than `most`."""

    calls: tuple[Call, ...]
    total: int
    newer: Cursor | None
    older: Cursor | None
    most: int = MOST_COUNTED

    @property
    def label(self) -> str:
        total = f"{self.most:,}+" if self.total > self.most else f"{self.total:,}"
        calls = "call" if self.total == 1 else "calls"
        if self.newer:
            return f"{len(self.calls)} of {total} {calls}"
        return f"1–{len(self.calls)} of {total} {calls}" if self.older else f"{total} {calls}"


def read_page(
    calls: CallQuerySet | Sequence[CallQuerySet],
    cursor: Cursor | None,
    size: int = PAGE_SIZE,
    *,
    most: int = MOST_COUNTED,
    if_many: CallQuerySet | None = None,
) -> Page:
    """Read one page of the calls that any of the given questions finds, in two queries.

    `if_many` finds the same calls in a way that is better if there are more than `most`.
    """
    ways = [calls] if isinstance(calls, CallQuerySet) else calls
    counted = ways[0] if len(ways) == 1 else _any_of([way[: most + 1] for way in ways])
    total = counted[: most + 1].count()
    if if_many is not None and total > most:
        ways = [if_many]
    upwards = cursor is not None and cursor.way == "newer"
    shown = ways[0] if len(ways) == 1 else _any_of([_from(way, cursor)[: size + 1] for way in ways])
    found = list(_from(shown, cursor)[: size + 1])
    more, rows = len(found) > size, found[:size]
    if upwards:
        rows.reverse()
    # There are rows where one came from, so only the way ahead has to be looked at.
    has_newer, has_older = (more, True) if upwards else (cursor is not None, more)
    newer = Cursor.at(rows[0], "newer") if rows and has_newer else None
    older = Cursor.at(rows[-1], "older") if rows and has_older else None
    return Page(tuple(rows), total, newer, older, most)


def read_rows(ways: Sequence[CallQuerySet], cursor: Cursor | None, most: int) -> list[Call]:
    """Read the next so many calls from a place on, in one query and without counting any."""
    shown = ways[0] if len(ways) == 1 else _any_of([_from(way, cursor)[:most] for way in ways])
    return list(_from(shown, cursor)[:most])


def _any_of(parts: Sequence[CallQuerySet]) -> CallQuerySet:
    """Return the calls of all parts, of which each was cut to what a page can need of it."""
    # Some databases allow no LIMIT beside a UNION, only further inside.
    keys = [Call.objects.filter(pk__in=part.values("pk")).values("pk") for part in parts]
    return Call.objects.filter(pk__in=keys[0].union(*keys[1:], all=True))


def _from(calls: CallQuerySet, cursor: Cursor | None) -> CallQuerySet:
    if cursor is None:
        return calls.newest_first()
    if cursor.way == "newer":
        return calls.after(cursor.started_at, cursor.pk).oldest_first()
    return calls.before(cursor.started_at, cursor.pk).newest_first()
