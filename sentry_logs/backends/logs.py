"""Structured log lines: what the receptionist logged, where the server keeps logs and the SDK sends them.

https://docs.sentry.io/product/explore/logs/
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sentry_logs.answers import ALL_ENVIRONMENTS, Carried, EventCounts, LogEvent, Window
from sentry_logs.backends import rows
from sentry_logs.backends.base import Filters, Found
from sentry_logs.client import Page, SearchQuery, SentryClient, SentryUnsupported

PAGE = 100
LEVELS = {"warn": "warning", "trace": "debug"}
NANOSECONDS = 1_000_000_000
NO_EVENTS = EventCounts({}, None, None)
UNSUPPORTED = "Not available on this server."
# A range of as many days as logs are kept was frozen a moment ago, and cursors carry it for a while.
TOLERANCE = timedelta(hours=1)


class LogLines:
    """The dataset "logs". Its words for levels and its retention differ from those of events."""

    def __init__(self, client: SentryClient, tag: str, retention: timedelta) -> None:
        self.client = client
        self.tag = tag
        self.tag_field = f"tags[{tag}]"
        self.retention = retention

    def events(
        self, filters: Filters, window: Window, *, limit: int, cursor: str | None
    ) -> Found[tuple[LogEvent, ...]]:
        query = self._query(filters)
        kept, reason = self._kept(window)
        if kept is None:
            return Found((), state="expired", reason=reason)
        fields = [
            "id", "timestamp", "timestamp_precise", "severity", "message", "environment", "logger.name",
            "project", self.tag_field,
        ]  # fmt: skip
        # Ties are rare at a precision of nanoseconds; the id settles those there are.
        sort = ["-timestamp_precise", "-id"]
        try:
            page = self._page(query, kept, fields=fields, sort=sort, limit=limit, cursor=cursor)
        except SentryUnsupported:
            return Found((), state="unsupported", reason=UNSUPPORTED)
        lines = (self._event(row) for row in page.rows)
        return Found(tuple(line for line in lines if line), page.next_cursor, reason=reason)

    def counts(self, filters: Filters, window: Window) -> Found[EventCounts]:
        query = self._query(filters)
        kept, reason = self._kept(window)
        if kept is None:
            return Found(NO_EVENTS, state="expired", reason=reason)
        first, last = "min(timestamp_precise)", "max(timestamp_precise)"
        fields = ["severity", "count()", first, last]
        try:
            page = self._page(query, kept, fields=fields, sort=["-count()"], limit=PAGE, cursor=None)
        except SentryUnsupported:
            return Found(NO_EVENTS, state="unsupported", reason=UNSUPPORTED)
        levels = rows.counted((_level(row), rows.count(row, "count()")) for row in page.rows)
        oldest = [moment for row in page.rows if (moment := _precise(row.get(first)))]
        newest = [moment for row in page.rows if (moment := _precise(row.get(last)))]
        counts = EventCounts(levels, min(oldest, default=None), max(newest, default=None))
        return Found(counts, reason=reason)

    def carried_by(self, trace_id: str, window: Window) -> Carried:
        query = str(SearchQuery(tag=self.tag).trace(trace_id))
        kept, _reason = self._kept(window)
        if kept is None:
            return Carried()
        fields = [self.tag_field, "count()"]
        try:
            page = self._page(query, kept, fields=fields, sort=["-count()"], limit=PAGE, cursor=None)
        except SentryUnsupported:
            return Carried()
        return Carried(rows.filled(page.rows, self.tag_field), is_known=bool(page.rows))

    def _page(
        self,
        query: str,
        window: Window,
        *,
        fields: list[str],
        sort: list[str],
        limit: int,
        cursor: str | None,
    ) -> Page:
        return self.client.logs(
            fields=fields,
            query=query,
            start=window.start,
            end=window.end,
            sort=sort,
            per_page=limit,
            cursor=cursor,
        )

    def _query(self, filters: Filters) -> str:
        query = SearchQuery(tag=self.tag)
        if filters.environment != ALL_ENVIRONMENTS:
            query = query.environment(filters.environment)
        query = query.correlation_id(filters.correlation_id or "")
        return str(query.severities(filters.levels) if filters.levels else query)

    def _kept(self, window: Window) -> tuple[Window | None, str]:
        """Return the part of a window from which lines are still kept, and words if that is not all of it."""
        oldest = (datetime.now(UTC) - self.retention).replace(microsecond=0)
        reason = kept_for(self.retention)
        if window.end <= oldest:
            return None, reason
        kept = replace(window, start=max(window.start, oldest))
        return kept, reason if window.start < oldest - TOLERANCE else ""

    def _event(self, row: rows.Row) -> LogEvent | None:
        timestamp = _precise(row.get("timestamp_precise")) or rows.moment(row, "timestamp")
        if timestamp is None or not rows.text(row, "id"):
            return None
        correlation_id = rows.text(row, self.tag_field)
        message = rows.text(row, "message")
        return LogEvent(
            id=rows.text(row, "id"),
            title=message,
            message=message,
            level=_level(row),
            timestamp=timestamp,
            transaction=rows.text(row, "logger.name"),
            environment=rows.text(row, "environment"),
            source="logs",
            project=rows.text(row, "project"),
            issue_id=None,
            permalink=self.client.logs_permalink(correlation_id) if correlation_id else None,
            event_type="log",
            culprit="",
            correlation_id=correlation_id,
        )


def kept_for(retention: timedelta) -> str:
    return f"Logs are kept for {retention.days} days."


def _level(row: rows.Row) -> str:
    severity = rows.text(row, "severity").lower()
    return LEVELS.get(severity, severity)


def _precise(value: object) -> datetime | None:
    """Read nanoseconds since 1970, as text or number, without the loss that a float has."""
    try:
        seconds, nanoseconds = divmod(int(value) if isinstance(value, (str, int, float)) else 0, NANOSECONDS)
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.replace(microsecond=nanoseconds // 1_000) if seconds > 0 else None
