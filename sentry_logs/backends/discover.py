"""Ask Sentry's organization events API, which filters, groups, counts and pages on the server.

https://docs.sentry.io/api/explore/query-explore-events-in-table-format/
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from sentry_logs.answers import (
    ALL_ENVIRONMENTS,
    ERROR_LEVELS,
    LEVELS,
    MARK_LEVELS,
    BackendName,
    CallGroup,
    Carried,
    EnvironmentTotal,
    EventCounts,
    IssueCalls,
    LevelCount,
    LogEvent,
    Window,
)
from sentry_logs.backends import rows
from sentry_logs.backends.base import Filters, Found, LogsBackend, can_be_asked
from sentry_logs.backends.event_body import whole_event
from sentry_logs.backends.logs import LogLines
from sentry_logs.backends.walking import batches, walk
from sentry_logs.client import Page, SearchQuery, SentryClient
from sentry_logs.whole_event import WholeEvent

PAGE = 100
MAX_ENVIRONMENT_COLUMNS = 8
PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]+")


def configured(client: SentryClient) -> LogsBackend:
    return DiscoverBackend(
        client,
        settings.SENTRY_CORRELATION_TAG,
        settings.SENTRY_ENVIRONMENTS,
        timedelta(days=settings.SENTRY_LOGS_RETENTION_DAYS),
    )


class DiscoverBackend:
    name: BackendName = "discover"

    def __init__(
        self,
        client: SentryClient,
        tag: str,
        environments: Sequence[str],
        log_retention: timedelta = timedelta(days=30),
    ) -> None:
        self.client = client
        self.logs = LogLines(client, tag, log_retention)
        self.tag = tag
        self.tag_field = f"tags[{tag}]"
        self.environments = [name for name in environments if PLAIN_NAME.fullmatch(name)][
            :MAX_ENVIRONMENT_COLUMNS
        ]

    @property
    def datasets(self) -> tuple[str, ...]:
        return (self.client.dataset,)

    def events(
        self, filters: Filters, window: Window, *, limit: int, cursor: str | None
    ) -> Found[tuple[LogEvent, ...]]:
        fields = [
            "id", "timestamp", "level", "title", "message", "culprit", "transaction", "environment",
            "issue.id", "event.type", "project.name", self.tag_field,
        ]  # fmt: skip
        page = self.client.events(
            fields=fields,
            query=str(self._query(filters)),
            start=window.start,
            end=window.end,
            sort=["-timestamp", "-id"],
            per_page=limit,
            cursor=cursor,
        )
        found = [event for row in page.rows if (event := self._event(row))]
        skipped = page.skipped + len(page.rows) - len(found)
        once = {event.id: event for event in found}
        return Found(tuple(once.values()), page.next_cursor, skipped=skipped)

    def counts(self, filters: Filters, window: Window) -> Found[EventCounts]:
        found, limit = self._walk(
            window,
            str(self._query(filters)),
            fields=["level", "count()", "min(timestamp)", "max(timestamp)"],
            sort=["-count()", "level"],
        )
        first = [moment for row in found if (moment := rows.moment(row, "min(timestamp)"))]
        last = [moment for row in found if (moment := rows.moment(row, "max(timestamp)"))]
        levels = rows.counted((rows.text(row, "level"), rows.count(row, "count()")) for row in found)
        return Found(EventCounts(levels, min(first, default=None), max(last, default=None)), limit=limit)

    def log_lines(
        self, filters: Filters, window: Window, *, limit: int, cursor: str | None
    ) -> Found[tuple[LogEvent, ...]]:
        return self.logs.events(filters, window, limit=limit, cursor=cursor)

    def log_counts(self, filters: Filters, window: Window) -> Found[EventCounts]:
        return self.logs.counts(filters, window)

    def tallies(
        self, window: Window, correlation_ids: Sequence[str] | None = None
    ) -> Found[tuple[LevelCount, ...]]:
        scope = SearchQuery(tag=self.tag).levels(MARK_LEVELS)
        if correlation_ids is None:
            queries = [scope.tagged()]
        else:
            queries = [scope.correlation_ids(ids) for ids in batches(correlation_ids)]
        counts: list[LevelCount] = []
        cap = ""
        for query in queries:
            found, limit = self._walk(
                window,
                str(query),
                fields=[
                    self.tag_field, "environment", "level", "title",
                    "count()", "min(timestamp)", "max(timestamp)",
                ],
                sort=["-max(timestamp)", self.tag_field, "environment", "level", "title"],
            )  # fmt: skip
            cap = cap or limit
            counts += [count for row in found if (count := rows.level_count(row, self.tag_field))]
        return Found(rows.merged(counts), limit=cap)

    def error_ids(
        self, environment: str, window: Window, only: Sequence[str] | None = None
    ) -> Found[tuple[str, ...]]:
        scope = self._scope(environment).levels(ERROR_LEVELS)
        queries = [scope.tagged()] if only is None else [scope.correlation_ids(ids) for ids in batches(only)]
        ids: dict[str, None] = {}
        cap = ""
        for query in queries:
            found, limit = self._walk(
                window,
                str(query),
                fields=[self.tag_field, "count()", "max(timestamp)"],
                sort=["-max(timestamp)", self.tag_field],
            )
            cap = cap or limit
            ids.update(dict.fromkeys(rows.text(row, self.tag_field) for row in found))
        ids.pop("", None)
        return Found(tuple(ids), limit=cap)

    def groups(self, filters: Filters, window: Window, *, cursor: str | None) -> Found[tuple[CallGroup, ...]]:
        columns = self.environments if filters.environment == ALL_ENVIRONMENTS else []
        page = self._page(
            window,
            str(self._query(filters)),
            fields=[
                self.tag_field, "count()", "min(timestamp)", "max(timestamp)",
                *(_count_if("level", level) for level in LEVELS),
                *(_count_if("environment", name) for name in columns),
            ],
            sort=["-max(timestamp)", self.tag_field],
            cursor=cursor,
        )  # fmt: skip
        groups = tuple(group for row in page.rows if (group := self._group(row, filters.environment)))
        return Found(self._with_other_environments(groups, filters, window), page.next_cursor)

    def totals(self, filters: Filters, window: Window) -> Found[tuple[EnvironmentTotal, ...]]:
        found, limit = self._walk(
            window,
            str(self._query(filters)),
            fields=["environment", "level", "count()"],
            sort=["-count()", "environment", "level"],
        )
        levels: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for row in found:
            levels[rows.text(row, "environment")].append(
                (rows.text(row, "level"), rows.count(row, "count()"))
            )
        totals = [(name, rows.counted(pairs)) for name, pairs in levels.items()]
        return Found(
            tuple(EnvironmentTotal(name, sum(counts.values()), counts) for name, counts in totals),
            limit=limit,
        )

    def untagged_count(self, filters: Filters, window: Window) -> Found[int]:
        page = self._page(window, str(self._query(filters)), fields=["count()"], sort=["-count()"])
        return Found(sum(rows.count(row, "count()") for row in page.rows))

    def carried_by(self, sentry_id: str, window: Window) -> Found[Carried]:
        known = False
        for query in (
            SearchQuery(tag=self.tag).event_id(sentry_id),
            SearchQuery(tag=self.tag).trace(sentry_id),
        ):
            page = self._page(
                window, str(query), fields=[self.tag_field, "count()"], sort=["-count()", self.tag_field]
            )
            known = known or bool(page.rows)
            if ids := rows.filled(page.rows, self.tag_field):
                return Found(Carried(ids, is_known=True))
        # A trace without errors may still have log lines.
        lines = self.logs.carried_by(sentry_id, window)
        return Found(Carried(lines.correlation_ids, known or lines.is_known))

    def issue_calls(self, issue: str, environment: str, window: Window) -> Found[IssueCalls]:
        found, limit = self._walk(
            window,
            str(self._scope(environment).tagged().issue(issue)),
            fields=[self.tag_field, "release", "count()", "max(timestamp)"],
            sort=["-max(timestamp)", self.tag_field, "release"],
        )
        pairs = ((rows.text(row, self.tag_field), rows.text(row, "release")) for row in found)
        return Found(rows.issue_calls(pairs), limit=limit)

    def event(self, project: str, event_id: str) -> Found[WholeEvent]:
        return Found(whole_event(self.client, project, event_id))

    def _with_other_environments(
        self, groups: tuple[CallGroup, ...], filters: Filters, window: Window
    ) -> tuple[CallGroup, ...]:
        """Ask once more for groups with events outside the configured environments, so that counts add up."""
        open_ids = [
            group.correlation_id for group in groups if sum(group.environments.values()) < group.count
        ]
        counts: dict[str, list[tuple[str, int]]] = defaultdict(list)
        query = self._query(filters)
        for ids in batches([key for key in open_ids if can_be_asked(key)]):
            found, _limit = self._walk(
                window,
                str(query.correlation_ids(ids)),
                fields=[self.tag_field, "environment", "count()"],
                sort=["-count()", self.tag_field, "environment"],
            )
            for row in found:
                pair = (rows.text(row, "environment"), rows.count(row, "count()"))
                counts[rows.text(row, self.tag_field)].append(pair)
        return tuple(
            _with_environments(group, counts[group.correlation_id])
            if group.correlation_id in counts
            else group
            for group in groups
        )

    def _walk(
        self, window: Window, query: str, *, fields: Sequence[str], sort: Sequence[str]
    ) -> tuple[list[rows.Row], str]:
        return walk(lambda cursor: self._page(window, query, fields=fields, sort=sort, cursor=cursor))

    def _page(
        self,
        window: Window,
        query: str,
        *,
        fields: Sequence[str],
        sort: Sequence[str],
        cursor: str | None = None,
    ) -> Page:
        return self.client.events(
            fields=fields,
            query=query,
            start=window.start,
            end=window.end,
            sort=sort,
            per_page=PAGE,
            cursor=cursor,
        )

    def _scope(self, environment: str) -> SearchQuery:
        query = SearchQuery(tag=self.tag)
        return query if environment == ALL_ENVIRONMENTS else query.environment(environment)

    def _query(self, filters: Filters) -> SearchQuery:
        query = self._scope(filters.environment)
        if filters.correlation_id is not None:
            query = query.correlation_id(filters.correlation_id)
        else:
            query = query.untagged() if filters.untagged else query.tagged()
        if filters.levels:
            query = query.levels(filters.levels)
        if filters.event_type:
            query = query.event_type(filters.event_type)
        return query.search(filters.search)

    def _event(self, row: rows.Row) -> LogEvent | None:
        timestamp = rows.moment(row, "timestamp")
        if timestamp is None or not rows.text(row, "id"):
            return None
        issue_id = rows.text(row, "issue.id") or None
        project = rows.text(row, "project.name")
        return LogEvent(
            id=rows.text(row, "id"),
            title=rows.text(row, "title"),
            message=rows.text(row, "message"),
            level=rows.text(row, "level"),
            timestamp=timestamp,
            transaction=rows.text(row, "transaction"),
            environment=rows.text(row, "environment"),
            source="errors",
            project=project,
            issue_id=None if issue_id == "0" else issue_id,
            permalink=self.client.permalink(
                event_id=rows.text(row, "id"),
                issue_id=None if issue_id == "0" else issue_id,
                project_slug=project,
            ),
            event_type=rows.text(row, "event.type"),
            culprit=rows.text(row, "culprit"),
            correlation_id=rows.text(row, self.tag_field),
        )

    def _group(self, row: rows.Row, environment: str) -> CallGroup | None:
        first, last = rows.moment(row, "min(timestamp)"), rows.moment(row, "max(timestamp)")
        total = rows.count(row, "count()")
        if first is None or last is None:
            return None
        columns = ((name, rows.count(row, _count_if("environment", name))) for name in self.environments)
        return CallGroup(
            correlation_id=rows.text(row, self.tag_field),
            count=total,
            levels=rows.counted((level, rows.count(row, _count_if("level", level))) for level in LEVELS),
            first_seen=first,
            last_seen=last,
            environments=rows.counted(columns) if environment == ALL_ENVIRONMENTS else {environment: total},
        )


def _count_if(column: str, value: str) -> str:
    return f"count_if({column},equals,{value})"


def _with_environments(group: CallGroup, pairs: list[tuple[str, int]]) -> CallGroup:
    return CallGroup(
        group.correlation_id,
        group.count,
        group.levels,
        group.first_seen,
        group.last_seen,
        rows.counted(pairs),
    )
