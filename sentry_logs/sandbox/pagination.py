from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sentry_logs.sandbox.errors import bad_request, internal_error
from sentry_logs.sandbox.http import Request

LARGEST = 100


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows to give: `offset` is absolute, `limit` is the page's length."""

    offset: int
    limit: int


def read_window(request: Request, old: bool, largest: int = LARGEST) -> Window:
    """Read `per_page` and `cursor` as Sentry does, with its errors; `largest` is the most rows of a page.

    Source: Sentry 23.7.1 source, utils/pagination_factory.py and utils/cursors.py.
    """
    limit = _per_page(request.last("per_page"), old, largest)
    offset = _offset(request.last("cursor"))
    if limit < 1 or offset < 0:
        raise internal_error()
    return Window(offset, limit)


def _per_page(text: str | None, old: bool, largest: int) -> int:
    if not text:
        return LARGEST
    try:
        limit = int(text)
    except ValueError:
        raise bad_request("Invalid per_page parameter.") from None
    if old and limit > largest:
        raise bad_request(f"Invalid per_page value. Cannot exceed {largest}.")
    if not old and not 1 <= limit <= largest:
        raise bad_request(f"Invalid per_page value. Must be between 1 and {largest}.")
    return limit


def _offset(cursor: str | None) -> int:
    if not cursor:
        return 0
    parts = cursor.split(":")
    try:
        float(parts[0])
        offset, _ = (int(part) for part in parts[1:])
    except ValueError:
        raise bad_request("Invalid cursor parameter.") from None
    return offset


def cut(rows: Sequence[Any], window: Window) -> tuple[Sequence[Any], bool]:
    """Give the rows of the window and whether there are more behind them."""
    end = window.offset + window.limit
    return rows[window.offset : end], len(rows) > end


def link_header(request: Request, window: Window, more: bool, host: str | None = None) -> str:
    """Write the Link header: always both neighbours, each with `results` and `cursor`.

    `host` replaces the base of the URLs, as a region or customer domain does at sentry.io.
    Source: https://docs.sentry.io/api/pagination/
    """
    url = _url_maker(request, host)
    before = f"0:{max(0, window.offset - window.limit)}:1"
    after = f"0:{window.offset + window.limit}:0"
    return ", ".join(
        f'<{url(cursor)}>; rel="{rel}"; results="{str(results).lower()}"; cursor="{cursor}"'
        for rel, results, cursor in (("previous", window.offset > 0, before), ("next", more, after))
    )


def _url_maker(request: Request, host: str | None) -> Callable[[str], str]:
    base = (host or request.base_url) + request.path
    kept = urlencode([pair for pair in request.query if pair[0] != "cursor"])
    return lambda cursor: f"{base}?{kept}&cursor={cursor}"
