"""The trail as a file, CSV or JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from threading import BoundedSemaphore

from django.db.models import QuerySet

from dashboard.audit.models import Entry
from dashboard.audit.reading import in_order
from dashboard.spreadsheet import guard

CHUNK = 500
# A slow client keeps a thread as long as it reads; the pages need the others.
PLACE = BoundedSemaphore(1)
COLUMNS = {
    "day": "day",
    "number": "number",
    "at": "at",
    "event": "event",
    "result": "result",
    "personId": "person_id",
    "who": "who",
    "role": "role",
    "address": "address",
    "session": "session",
    "door": "door",
    "callId": "call_id",
    "fields": "fields",
    "reason": "reason",
    "detail": "detail",
    "requestId": "request_id",
    "hash": "hash",
}
FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
BOM = "\ufeff"
BROKEN_OFF = "This file is not complete: the export broke off here."


class TrailFile:
    """The bytes of a file of entries, newest first. It has the one place until it is closed."""

    def __init__(self, entries: QuerySet[Entry], format: str) -> None:
        self.entries, self.format, self.is_open = entries, format, True

    def __iter__(self) -> Iterator[bytes]:
        row = _line if self.format == "jsonl" else _csv_row
        if self.format == "csv":
            yield (BOM + _csv(COLUMNS)).encode()
        try:
            for chunk in in_order(self.entries, CHUNK):
                yield "".join(map(row, chunk)).encode()
        except Exception:
            # A server that speaks HTTP/1.0 cannot show that an answer was cut off, so the file says it, too.
            yield (_json({"error": BROKEN_OFF}) if self.format == "jsonl" else _csv([BROKEN_OFF])).encode()
            raise

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            PLACE.release()


def trail_file(entries: QuerySet[Entry], format: str) -> TrailFile | None:
    """Begin a file; None while this process writes another."""
    return TrailFile(entries, format) if PLACE.acquire(blocking=False) else None


def _line(entry: Entry) -> str:
    return _json({name: _told(entry, column) for name, column in COLUMNS.items()})


def _csv_row(entry: Entry) -> str:
    return _csv([_cell(_told(entry, column)) for column in COLUMNS.values()])


def _cell(value: object) -> str:
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, list) else str(value)


def _told(entry: Entry, column: str) -> object:
    value = getattr(entry, column)
    if column == "at":
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value if value is None or isinstance(value, int | list) else str(value)


def _json(item: dict[str, object]) -> str:
    return json.dumps(item, ensure_ascii=False) + "\n"


def _csv(cells: Iterable[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(map(guard, cells))
    return text.getvalue()
