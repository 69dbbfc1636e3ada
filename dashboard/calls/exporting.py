"""Calls as a file, CSV or JSON Lines, written while they are read: a million of them fill no memory."""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from dashboard.calls.models import Call, CallDetail, CallQuerySet
from dashboard.calls.shape import call_as_json
from dashboard.calls.shown import ShownDetail
from dashboard.spreadsheet import guard

CHUNK = 500
# A slow client keeps a thread as long as it reads; the pages need the others.
PLACES = BoundedSemaphore(2)
BOM = "\ufeff"
BROKEN_OFF = "This file is not complete: the export broke off here."

CALL_COLUMNS = (
    *("platform", "platformCallId", "environment", "direction", "fromNumber", "toNumber", "line"),
    *("agentId", "agentName", "agentVersion", "status", "outcome", "endedBy", "endedReason"),
    *("endedReasonRaw", "fault", "startedAt", "answeredAt", "endedAt", "durationMs"),
)
DETAIL_COLUMNS = {
    "success": "success",
    "sentiment": "sentiment",
    "transferTo": "transfer_to",
    "language": "language",
    "recordingUrl": "recording_url",
    "costAmount": "cost_amount",
    "costCurrency": "cost_currency",
}
LONG = ("transcript", "tool_calls", "summary", "latency", "metadata", "stamps")
COLUMNS = (*CALL_COLUMNS, *DETAIL_COLUMNS, "updatedAt")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Format:
    """How calls are read from the database for a file, and written into it, masked or in clear."""

    name: str
    content_type: str
    read: Callable[[CallQuerySet], CallQuerySet]
    head: Callable[[], str]
    rows: Callable[[Iterable[Call], bool], str]
    broken_off: Callable[[], str]


def _csv(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([guard(_cell(value)) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _row(call: Call, *, clear: bool) -> list[object]:
    told = call_as_json(call, detail=False, clear=clear)
    # A call that was never told of in detail has no such row.
    known: CallDetail | None = getattr(call, "detail", None)
    detail = known if clear or known is None else ShownDetail(known)
    own = [getattr(detail, name, None) for name in DETAIL_COLUMNS.values()]
    return [*(told[name] for name in CALL_COLUMNS), *own, told["updatedAt"]]


def _lines(items: Iterable[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(item, ensure_ascii=False)}\n" for item in items)


CSV = Format(
    "csv",
    "text/csv; charset=utf-8",
    read=lambda calls: calls.select_related("detail").defer(*(f"detail__{name}" for name in LONG)),
    head=lambda: BOM + _csv([COLUMNS]),
    rows=lambda calls, clear: _csv(_row(call, clear=clear) for call in calls),
    broken_off=lambda: _csv([[BROKEN_OFF]]),
)
JSON_LINES = Format(
    "jsonl",
    "application/jsonl; charset=utf-8",
    read=lambda calls: calls.select_related("detail").defer("detail__stamps").prefetch_related("aliases"),
    head=lambda: "",
    rows=lambda calls, clear: _lines(call_as_json(call, detail=True, clear=clear) for call in calls),
    broken_off=lambda: _lines([{"error": BROKEN_OFF}]),
)
FORMATS = {known.name: known for known in (CSV, JSON_LINES)}


class Export:
    """The bytes of a file of calls, newest first. It has one of PLACES until it is closed."""

    def __init__(self, calls: CallQuerySet, format: Format, words: str, *, clear: bool = False) -> None:
        """`words` say for the log who asked for what."""
        self.calls, self.format, self.words, self.clear = calls, format, words, clear
        self.rows, self.is_open, self.is_whole = 0, True, False
        logger.info("Export begins: %s", words)

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield self.format.head().encode()
            for chunk in _chunks(self.format.read(self.calls)):
                yield self.format.rows(chunk, self.clear).encode()
                self.rows += len(chunk)
            self.is_whole = True
        except Exception:
            # A server that speaks HTTP/1.0 cannot show that an answer was cut off, so the file says it, too.
            yield self.format.broken_off().encode()
            raise

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            PLACES.release()
            end = "ends" if self.is_whole else "broke off"
            logger.info("Export %s: rows=%d %s", end, self.rows, self.words)


def export(calls: CallQuerySet, format: Format, words: str, *, clear: bool = False) -> Export | None:
    """Begin an export; None when as many as there may be are running in this process.

    Who asks for it in `clear` has the right to, and has recorded it.
    """
    if not PLACES.acquire(blocking=False):
        return None
    return Export(calls, format, words, clear=clear)


def _chunks(calls: CallQuerySet) -> Iterator[list[Call]]:
    """Read page after page, each by the place where the last one ended: no transaction stays open."""
    page = calls.newest_first()[:CHUNK]
    while chunk := list(page):
        yield chunk
        if len(chunk) < CHUNK:
            return
        page = calls.before(chunk[-1].started_at, chunk[-1].pk).newest_first()[:CHUNK]
