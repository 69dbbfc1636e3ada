"""Reading a grouped answer page by page, with an end to it whatever the cursors say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import quote_plus

from sentry_logs.backends.rows import Row
from sentry_logs.client import Page

MAX_PAGES = 200
WALK_SECONDS = 20.0
# Sentry's web server takes about 16 KB of request target; the ids may have this much of it.
MAX_IDS_LENGTH = 9_000
MAX_IDS = 100


def walk(read: Callable[[str | None], Page]) -> tuple[list[Row], str]:
    """Read all pages, each group once; the text names the cap if one stopped the reading.

    Sentry pages by offset, so a group can come twice. A cursor that comes again would lead round in a circle.
    """
    found: dict[tuple[str, ...], Row] = {}
    cursors: set[str] = set()
    cursor: str | None = None
    end = time.monotonic() + WALK_SECONDS
    for _number in range(MAX_PAGES):
        page = read(cursor)
        for row in page.rows:
            found.setdefault(_group(row), row)
        cursor = page.next_cursor
        if cursor is None:
            return list(found.values()), ""
        if cursor in cursors or time.monotonic() >= end:
            break
        cursors.add(cursor)
    return list(found.values()), f"the first {len(found):,} rows of more"


def _group(row: Row) -> tuple[str, ...]:
    """Return the cells that a row is grouped by: those that are no functions."""
    return tuple(str(value) for name, value in row.items() if "(" not in name)


def batches(correlation_ids: Sequence[str]) -> Iterator[list[str]]:
    """Cut a list of ids into pieces that fit a request; usually there is one."""
    batch: list[str] = []
    length = 0
    for correlation_id in correlation_ids:
        cost = len(quote_plus(correlation_id)) + len(quote_plus('"",'))
        if batch and (length + cost > MAX_IDS_LENGTH or len(batch) == MAX_IDS):
            yield batch
            batch, length = [], 0
        batch.append(correlation_id)
        length += cost
    if batch:
        yield batch
