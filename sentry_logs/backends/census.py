"""Counting what is in Sentry by day and by id, to tell how well calls and events fit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sentry_logs.answers import Window
from sentry_logs.backends import rows
from sentry_logs.backends.walking import batches, walk
from sentry_logs.client import Page, SearchQuery, SentryClient, SentryUnsupported, parse_moment

PAGE = 100
DAY = "timestamp.to_day"


@dataclass(frozen=True, slots=True)
class DayCount:
    day: date
    environment: str
    count: int


@dataclass(frozen=True, slots=True)
class SeenId:
    correlation_id: str
    environment: str


@dataclass(frozen=True, slots=True)
class LogCount:
    lines: int
    tagged: int


class Census:
    def __init__(self, client: SentryClient, tag: str) -> None:
        self.client, self.tag = client, tag
        self.tag_field = f"tags[{tag}]"

    def by_day(self, window: Window, *, tagged: bool) -> tuple[DayCount, ...]:
        """Count the events of each day and environment that carry an id, or those that carry none."""
        query = SearchQuery(tag=self.tag)
        asked = query.tagged() if tagged else query.untagged()
        fields, sort = [DAY, "environment", "count()"], [DAY, "environment"]
        found, _limit = walk(lambda cursor: self._page(window, asked, fields, sort, cursor))
        moments = ((row, parse_moment(rows.text(row, DAY))) for row in found)
        return tuple(
            DayCount(moment.date(), rows.text(row, "environment"), rows.count(row, "count()"))
            for row, moment in moments
            if moment
        )

    def with_events(self, correlation_ids: Sequence[str], window: Window) -> set[str]:
        """Return those of the ids that have any event."""
        fields, sort = [self.tag_field, "count()"], ["-count()", self.tag_field]
        found: set[str] = set()
        for ids in batches(correlation_ids):
            page = self._page(window, SearchQuery(tag=self.tag).correlation_ids(ids), fields, sort)
            found |= {rows.text(row, self.tag_field) for row in page.rows}
        return found & set(correlation_ids)

    def latest_ids(self, window: Window) -> tuple[SeenId, ...]:
        """Return the ids of the latest events of a stretch of time, at most 100."""
        fields = [self.tag_field, "environment", "max(timestamp)"]
        sort = ["-max(timestamp)", self.tag_field, "environment"]
        page = self._page(window, SearchQuery(tag=self.tag).tagged(), fields, sort)
        seen = (SeenId(rows.text(row, self.tag_field), rows.text(row, "environment")) for row in page.rows)
        return tuple(one for one in seen if one.correlation_id)

    def logs(self, window: Window) -> dict[str, LogCount] | None:
        """Count log lines per environment, and those that carry an id; None where there are no logs."""
        try:
            lines = self._log_lines(window, "")
            # On this dataset an attribute that is not there is null, not empty.
            tagged = self._log_lines(window, f"has:{self.tag}") if lines else {}
        except SentryUnsupported:
            return None
        # Lines may have arrived between the two questions.
        return {name: LogCount(count, min(tagged.get(name, 0), count)) for name, count in lines.items()}

    def _log_lines(self, window: Window, query: str) -> dict[str, int]:
        start, end = window.start, window.end
        fields, sort = ["environment", "count()"], ["-count()"]
        page = self.client.logs(fields=fields, query=query, start=start, end=end, sort=sort, per_page=PAGE)
        return rows.counted((rows.text(row, "environment"), rows.count(row, "count()")) for row in page.rows)

    def _page(
        self,
        window: Window,
        query: SearchQuery,
        fields: Sequence[str],
        sort: Sequence[str],
        cursor: str | None = None,
    ) -> Page:
        start, end = window.start, window.end
        return self.client.events(
            fields=fields,
            query=str(query),
            start=start,
            end=end,
            sort=sort,
            per_page=PAGE,
            cursor=cursor,
        )
