"""Structured logs: what the SDK sends as envelope items of type `log`, kept beside the events.

Source: https://develop.sentry.dev/sdk/telemetry/logs/ and sentry-sdk 2.75 on the wire.
"""

from __future__ import annotations

import uuid
from bisect import bisect_left, insort
from collections.abc import Iterable
from threading import RLock
from typing import Any

from sentry_logs.sandbox.events import Event, parse_time

SEVERITIES = {"trace": 1, "debug": 5, "info": 9, "warn": 13, "error": 17, "fatal": 21}


class LogStore:
    """Log lines in memory, sorted by time and indexed by one attribute; safe to use from many threads."""

    def __init__(self, indexed_attribute: str) -> None:
        self._indexed = indexed_attribute
        self._lock = RLock()
        self.clear()

    def clear(self) -> None:
        """Forget every line."""
        with self._lock:
            self._lines: list[Event] = []
            self._by_attribute: dict[str, list[Event]] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, item: dict[str, Any], project_id: int) -> Event:
        """Store one item as the SDK sends it; it can be found at once."""
        line = normalise_log(item, project_id)
        with self._lock:
            insort(self._lines, line, key=_by_time)
            self._by_attribute.setdefault(line.tags.get(self._indexed, ""), []).append(line)
        return line

    def between(self, start: int, end: int) -> list[Event]:
        """List the lines with start <= second < end (epoch seconds), oldest first."""
        with self._lock:
            first = bisect_left(self._lines, start, key=_by_second)
            return self._lines[first : bisect_left(self._lines, end, key=_by_second)]

    def tagged(self, values: Iterable[str], start: int, end: int) -> list[Event]:
        """List the lines of the range whose indexed attribute is one of the values, in no order."""
        with self._lock:
            lines = [line for value in dict.fromkeys(values) for line in self._by_attribute.get(value, ())]
        return [line for line in lines if start <= line.second < end]

    def environments(self, project_ids: Iterable[int]) -> set[str]:
        """Name the environments that ever had a line in these projects."""
        wanted = set(project_ids)
        with self._lock:
            return {line.environment or "" for line in self._lines if line.project_id in wanted}


def normalise_log(item: dict[str, Any], project_id: int) -> Event:
    """Make a line of an item; `tags` are its attributes, `payload["nanos"]` its time in whole nanoseconds.

    A broken timestamp is a ValueError.
    """
    timestamp = parse_time(item.get("timestamp"))
    tags = _attributes(item.get("attributes"))
    severity = str(item.get("level") or "info").lower()
    severity = severity if severity in SEVERITIES else "info"
    seconds = int(timestamp.timestamp())
    message = str(item.get("body") or "")
    return Event(
        id=str(item.get("id") or uuid.uuid4().hex),
        project_id=project_id,
        timestamp=timestamp,
        second=seconds,
        type="log",
        level=severity,
        environment=tags.get("sentry.environment"),
        title=message,
        message=message,
        culprit="",
        transaction=None,
        release=tags.get("sentry.release"),
        platform="",
        tags=tags,
        payload={**item, "nanos": seconds * 1_000_000_000 + timestamp.microsecond * 1_000},
        fingerprint=(),
    )


def _attributes(sent: Any) -> dict[str, str]:
    """Read `{name: {"value", "type"}}`; the sandbox keeps every value as text."""
    pairs = sent.items() if isinstance(sent, dict) else ()
    values = {str(name): cell.get("value") if isinstance(cell, dict) else cell for name, cell in pairs}
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _by_time(line: Event) -> tuple[int, str]:
    return line.payload["nanos"], line.id


def _by_second(line: Event) -> int:
    return line.second
