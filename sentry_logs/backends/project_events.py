"""The old way: fetch the project's last 100 events and filter them here.

It misses whatever is older, and says so. Deleting this file and its line in `backends/__init__.py` ends it.
https://docs.sentry.io/api/events/list-a-projects-error-events/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.conf import settings

from sentry_logs.answers import (
    ALL_ENVIRONMENTS,
    ERROR_LEVELS,
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
from sentry_logs.backends.base import Filters, Found, LogsBackend
from sentry_logs.backends.event_body import whole_event
from sentry_logs.client import ProjectEvent, SearchQuery, SentryClient
from sentry_logs.whole_event import WholeEvent

LIMIT = "the last 100 events of the project"
NO_LOGS = "Not available while the old way of asking is in use."


def configured(client: SentryClient) -> LogsBackend:
    return ProjectEventsBackend(client, settings.SENTRY_CORRELATION_TAG)


class ProjectEventsBackend:
    name: BackendName = "project_events"
    datasets = ("errors",)

    def __init__(self, client: SentryClient, tag: str) -> None:
        self.client = client
        self.tag = tag

    def events(
        self, filters: Filters, window: Window, *, limit: int, cursor: str | None
    ) -> Found[tuple[LogEvent, ...]]:
        found, cap = self._found(filters, window)
        return Found(
            tuple(found[:limit]), limit=cap or ("" if len(found) <= limit else f"the last {limit} of them")
        )

    def counts(self, filters: Filters, window: Window) -> Found[EventCounts]:
        found, cap = self._found(filters, window)
        times = [event.timestamp for event in found]
        return Found(
            EventCounts(_levels(found), min(times, default=None), max(times, default=None)), limit=cap
        )

    def log_lines(
        self, filters: Filters, window: Window, *, limit: int, cursor: str | None
    ) -> Found[tuple[LogEvent, ...]]:
        return Found((), state="unsupported", reason=NO_LOGS)

    def log_counts(self, filters: Filters, window: Window) -> Found[EventCounts]:
        return Found(EventCounts({}, None, None), state="unsupported", reason=NO_LOGS)

    def tallies(
        self, window: Window, correlation_ids: Sequence[str] | None = None
    ) -> Found[tuple[LevelCount, ...]]:
        found, cap = self._found(Filters(levels=MARK_LEVELS), window)
        wanted = None if correlation_ids is None else set(correlation_ids)
        counts = (_counted(event) for event in found if wanted is None or event.correlation_id in wanted)
        return Found(rows.merged(counts), limit=cap)

    def error_ids(
        self, environment: str, window: Window, only: Sequence[str] | None = None
    ) -> Found[tuple[str, ...]]:
        found, cap = self._found(Filters(environment, levels=ERROR_LEVELS), window)
        ids = dict.fromkeys(event.correlation_id for event in found)
        return Found(tuple(key for key in ids if only is None or key in only), limit=cap)

    def groups(self, filters: Filters, window: Window, *, cursor: str | None) -> Found[tuple[CallGroup, ...]]:
        found, cap = self._found(filters, window)
        groups = [
            _group(key, events) for key, events in _by(lambda event: event.correlation_id, found).items()
        ]
        return Found(tuple(groups), limit=cap)

    def totals(self, filters: Filters, window: Window) -> Found[tuple[EnvironmentTotal, ...]]:
        found, cap = self._found(filters, window)
        totals = _by(lambda event: event.environment, found).items()
        return Found(
            tuple(EnvironmentTotal(name, len(events), _levels(events)) for name, events in totals), limit=cap
        )

    def untagged_count(self, filters: Filters, window: Window) -> Found[int]:
        found, cap = self._found(filters, window)
        return Found(len(found), limit=cap)

    def carried_by(self, sentry_id: str, window: Window) -> Found[Carried]:
        """Find an event's; this way is not told of traces."""
        wanted = SearchQuery.hexadecimal(sentry_id)
        fetched, cap = self._fetched(window)
        named = [event for event in fetched if event.id == wanted]
        ids = tuple(event.correlation_id for event in named if event.correlation_id)
        return Found(Carried(ids, is_known=bool(named)), limit="" if named else cap)

    def issue_calls(self, issue: str, environment: str, window: Window) -> Found[IssueCalls]:
        """Find those among the last events; this way is not told of releases."""
        found, cap = self._found(Filters(environment), window)
        pairs = ((event.correlation_id, "") for event in found if event.issue_id == issue)
        return Found(rows.issue_calls(pairs), limit=cap)

    def event(self, project: str, event_id: str) -> Found[WholeEvent]:
        return Found(whole_event(self.client, project, event_id))

    def _found(self, filters: Filters, window: Window) -> tuple[list[LogEvent], str]:
        """Return the matching ones of the last 100 events, newest first, and the cap if there are more."""
        if filters.correlation_id is not None:
            SearchQuery(tag=self.tag).correlation_id(filters.correlation_id)
        fetched, cap = self._fetched(window)
        matching = [event for event in fetched if _matches(event, filters, window)]
        return sorted(matching, key=lambda event: (event.timestamp, event.id), reverse=True), cap

    def _fetched(self, window: Window) -> tuple[list[LogEvent], str]:
        """Return the last 100 events of each project, and the cap if the window holds more."""
        fetched: list[LogEvent] = []
        cap = ""
        for project in self.client.projects():
            name = project.slug or project.id
            page = self.client.project_events(project=name)
            oldest = min((event.timestamp for event in page.events if event.timestamp), default=None)
            reaches_back = page.next_cursor is None or (oldest is not None and oldest < window.start)
            cap = cap if reaches_back else LIMIT
            fetched += [self._event(event, event.timestamp, name) for event in page.events if event.timestamp]
        return fetched, cap

    def _event(self, event: ProjectEvent, timestamp: datetime, project: str) -> LogEvent:
        return LogEvent(
            id=event.id,
            title=event.title,
            message=event.message,
            level=event.level,
            timestamp=timestamp,
            transaction=event.transaction or "",
            environment=event.environment or "",
            source="errors",
            project=project,
            issue_id=event.issue_id,
            permalink=self.client.permalink(event_id=event.id, issue_id=event.issue_id, project_slug=project),
            event_type=event.event_type,
            culprit=event.culprit,
            correlation_id=event.tags.get(self.tag, ""),
        )


def _matches(event: LogEvent, filters: Filters, window: Window) -> bool:
    """Apply the filters here. The search text is taken literally: this way has no search syntax."""
    wanted = filters.search.strip().casefold()
    return (
        window.start <= event.timestamp < window.end
        and (filters.environment == ALL_ENVIRONMENTS or event.environment == filters.environment)
        and _has_id(event, filters)
        and (not filters.levels or event.level in filters.levels)
        and (not filters.event_type or event.event_type == filters.event_type)
        and (not wanted or wanted in f"{event.title}\n{event.message}".casefold())
    )


def _has_id(event: LogEvent, filters: Filters) -> bool:
    if filters.correlation_id is not None:
        return event.correlation_id == filters.correlation_id
    return bool(event.correlation_id) != filters.untagged


def _by(key: Callable[[LogEvent], str], events: Iterable[LogEvent]) -> dict[str, list[LogEvent]]:
    found: dict[str, list[LogEvent]] = defaultdict(list)
    for event in events:
        found[key(event)].append(event)
    return found


def _levels(events: Iterable[LogEvent]) -> dict[str, int]:
    return rows.counted((event.level, 1) for event in events)


def _counted(event: LogEvent) -> LevelCount:
    at = event.timestamp
    return LevelCount(event.correlation_id, event.environment, event.level, 1, event.title, at, at)


def _group(correlation_id: str, events: list[LogEvent]) -> CallGroup:
    times = [event.timestamp for event in events]
    environments = rows.counted((event.environment, 1) for event in events)
    return CallGroup(correlation_id, len(events), _levels(events), min(times), max(times), environments)
