"""The cheap questions that prove whether Sentry filters by call: what must be there, and what must not."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sentry_logs.answers import Window
from sentry_logs.backends import rows
from sentry_logs.backends.base import can_be_asked
from sentry_logs.client import Page, SearchQuery, SentryClient, SentryTimeout

NEWEST = 10


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest tagged events: how many came, the first id of them that can be asked, and who had none."""

    events: int
    correlation_id: str
    without_id: int


class ProofQuestions:
    """All of them together are one proof: once the client's timeout is used up, no other is put."""

    def __init__(self, client: SentryClient, tag: str, window: Window) -> None:
        self.client, self.tag, self.window = client, tag, window
        self.until = time.monotonic() + client.config.timeout
        self.tag_field = f"tags[{tag}]"

    def newest_tagged(self) -> Newest:
        query = SearchQuery(tag=self.tag).tagged()
        fields, sort = ["id", "timestamp", self.tag_field], ["-timestamp", "-id"]
        page = self._page(query, fields, sort, per_page=NEWEST)
        ids = [rows.text(row, self.tag_field) for row in page.rows]
        askable = next((one for one in ids if one and can_be_asked(one)), "")
        return Newest(len(ids), askable, sum(not one for one in ids))

    def untagged(self) -> int:
        return self._count(SearchQuery(tag=self.tag).untagged())

    def count(self, correlation_id: str) -> int:
        """Count the events that the filter for one id lets through."""
        return self._count(SearchQuery(tag=self.tag).correlation_id(correlation_id))

    def counts(self, correlation_ids: Sequence[str]) -> dict[str, int]:
        """Count the events that the filter for several ids lets through, by whatever id they carry."""
        asked = SearchQuery(tag=self.tag).correlation_ids(correlation_ids)
        page = self._page(asked, [self.tag_field, "count()"], ["-count()", self.tag_field])
        return rows.counted((rows.text(row, self.tag_field), rows.count(row, "count()")) for row in page.rows)

    def _count(self, query: SearchQuery) -> int:
        page = self._page(query, ["count()"], ["-count()"])
        return sum(rows.count(row, "count()") for row in page.rows)

    def _page(
        self, query: SearchQuery, fields: Sequence[str], sort: Sequence[str], per_page: int = 100
    ) -> Page:
        if time.monotonic() > self.until:
            raise SentryTimeout
        start, end = self.window.start, self.window.end
        return self.client.events(
            fields=fields, query=str(query), start=start, end=end, sort=sort, per_page=per_page
        )
