from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from threading import RLock
from typing import Any

from sentry_logs.sandbox.events import Event, normalise
from sentry_logs.sandbox.logs import LogStore

BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
by_time = attrgetter("second", "timestamp", "id")
by_second = attrgetter("second")


@dataclass(frozen=True, slots=True)
class Project:
    """A project of the sandbox's organization; `key` is the public key of its DSN."""

    id: int
    slug: str
    name: str
    key: str
    platform: str = "python"


class EventStore:
    """Events in memory, sorted by time and indexed by id and by one tag; safe to use from many threads."""

    def __init__(self, projects: Iterable[Project], indexed_tag: str = "correlation_id") -> None:
        self.projects = {project.id: project for project in projects}
        self.indexed_tag = indexed_tag
        self.logs = LogStore(indexed_tag)
        self._lock = RLock()
        self.clear()

    def clear(self) -> None:
        """Forget every event, log line, environment and issue."""
        self.logs.clear()
        with self._lock:
            self._events: list[Event] = []
            self._by_id: dict[tuple[int, str], Event] = {}
            self._by_tag: dict[str, list[Event]] = {}
            self._groups: dict[tuple[int, tuple[str, ...]], int] = {}
            self._environments: dict[int, dict[str, None]] = {}

    def __len__(self) -> int:
        return len(self._events)

    def add(self, data: dict[str, Any], project_id: int, *, long_keys: bool = True) -> Event:
        """Store one payload; it can be found at once. An id that is known already is kept as it was."""
        event = normalise(data, project_id, long_keys=long_keys)
        with self._lock:
            if self._admit(event):
                insort(self._events, event, key=by_time)
        return event

    def add_many(self, payloads: Iterable[tuple[dict[str, Any], int]]) -> int:
        """Store many payloads, sorting once; give how many were new."""
        events = [normalise(data, project_id) for data, project_id in payloads]
        with self._lock:
            fresh = [event for event in events if self._admit(event)]
            self._events = sorted([*self._events, *fresh], key=by_time)
        return len(fresh)

    def _admit(self, event: Event) -> bool:
        if (event.project_id, event.id) in self._by_id:
            return False
        self._by_id[event.project_id, event.id] = event
        tag = event.tags.get(self.indexed_tag)
        if tag is not None:
            self._by_tag.setdefault(tag, []).append(event)
        self._environments.setdefault(event.project_id, {})[event.environment or ""] = None
        key = (event.project_id, event.fingerprint)
        event.group_id = self._groups.setdefault(key, len(self._groups) + 1)
        return True

    def between(self, start: int, end: int) -> list[Event]:
        """List the events with start <= second < end (epoch seconds), oldest first."""
        with self._lock:
            first = bisect_left(self._events, start, key=by_second)
            return self._events[first : bisect_left(self._events, end, key=by_second)]

    def tagged(self, values: Iterable[str], start: int, end: int) -> list[Event]:
        """List the events of the range whose indexed tag is one of the values, in no order."""
        with self._lock:
            rows = [event for value in dict.fromkeys(values) for event in self._by_tag.get(value, ())]
        return [event for event in rows if start <= event.second < end]

    def get(self, project_id: int, event_id: str) -> Event | None:
        """Find one event of a project by its 32-character id."""
        return self._by_id.get((project_id, event_id))

    def of_project(self, project_id: int) -> list[Event]:
        """List a project's events, oldest first."""
        with self._lock:
            return [event for event in self._events if event.project_id == project_id]

    def of_group(self, event: Event) -> list[Event]:
        """List the events of the same issue, oldest first."""
        with self._lock:
            return [other for other in self._events if other.group_id == event.group_id]

    def environments(self, project_ids: Iterable[int]) -> list[str]:
        """List the names of the environments that ever had an event or a log line in these projects."""
        with self._lock:
            names = {name for key in project_ids for name in self._environments.get(key, ())}
        return sorted(names | self.logs.environments(project_ids))

    def project_by_slug(self, slug: str) -> Project | None:
        """Find a project by its slug."""
        return next((project for project in self.projects.values() if project.slug == slug), None)

    def short_id(self, event: Event) -> str:
        """Name the event's issue, such as `RECEPTIONIST-1A`."""
        return short_id(self.projects[event.project_id].slug, event.group_id)


def short_id(slug: str, group_id: int) -> str:
    """Write an issue number in Sentry's base 32 after the project's slug."""
    digits = ""
    while group_id:
        group_id, rest = divmod(group_id, 32)
        digits = BASE32[rest] + digits
    return f"{slug.upper()}-{digits or '0'}"
