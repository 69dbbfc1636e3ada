"""Pages of a list by the row they begin after, so that new calls never shift what is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from dashboard.calls.models import Call, CallQuerySet

PAGE_SIZE = 50
MOST_COUNTED = 10_000
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
    """Calls newest first; `total` stops counting at MOST_COUNTED + 1."""

    calls: tuple[Call, ...]
    total: int
    newer: Cursor | None
    older: Cursor | None

    @property
    def label(self) -> str:
        total = f"{MOST_COUNTED:,}+" if self.total > MOST_COUNTED else f"{self.total:,}"
        calls = "call" if self.total == 1 else "calls"
        if self.newer:
            return f"{len(self.calls)} of {total} {calls}"
        return f"1–{len(self.calls)} of {total} {calls}" if self.older else f"{total} {calls}"


def read_page(calls: CallQuerySet, cursor: Cursor | None, size: int = PAGE_SIZE) -> Page:
    """Read one page in two queries."""
    total = calls[: MOST_COUNTED + 1].count()
    upwards = cursor is not None and cursor.way == "newer"
    found = list(_from(calls, cursor)[: size + 1])
    more, rows = len(found) > size, found[:size]
    if upwards:
        rows.reverse()
    # There are rows where one came from, so only the way ahead has to be looked at.
    has_newer, has_older = (more, True) if upwards else (cursor is not None, more)
    newer = Cursor.at(rows[0], "newer") if rows and has_newer else None
    older = Cursor.at(rows[-1], "older") if rows and has_older else None
    return Page(tuple(rows), total, newer, older)


def _from(calls: CallQuerySet, cursor: Cursor | None) -> CallQuerySet:
    if cursor is None:
        return calls.newest_first()
    if cursor.way == "newer":
        return calls.after(cursor.started_at, cursor.pk).oldest_first()
    return calls.before(cursor.started_at, cursor.pk).newest_first()
