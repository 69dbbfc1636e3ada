from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Any

from sentry_logs.sandbox.errors import InvalidSearchQuery
from sentry_logs.sandbox.events import Event, exceptions
from sentry_logs.sandbox.store import EventStore

TAG_FIELD = re.compile(r"tags\[(?P<tag>.*)\]\Z", re.DOTALL)
VALID_NAME = re.compile(r"[a-zA-Z0-9_.:-]*\Z")
Read = Callable[[Event], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A readable column: its kind as `meta.fields` names it, how to read it, and whether it is a tag."""

    name: str
    kind: str
    read: Read
    is_tag: bool = False
    is_array: bool = False


class Columns:
    """The columns that a question may name; every unknown name is a tag, as in Sentry.

    Source: Sentry 23.7.1 source, utils/snuba.py and search/events/builder/discover.py `resolve_column`.
    """

    def __init__(self, store: EventStore, dataset: str) -> None:
        self._store = store
        self._special = self._stored_names()
        if dataset == "errors":
            self._special["event_id"] = ("string", attrgetter("id"))

    def get(self, name: str) -> Column:
        """Find the column of a public name; a name with forbidden characters is refused."""
        explicit = TAG_FIELD.match(name)
        tag = explicit["tag"] if explicit else name
        if not VALID_NAME.match(tag):
            raise InvalidSearchQuery(f"Invalid characters in field {name}")
        if not explicit and name in PLAIN:
            kind, read = PLAIN[name]
            return Column(name, kind, read, is_array=kind == "array")
        if not explicit and name in self._special:
            return Column(name, *self._special[name])
        return Column(name, "string", tag_reader(tag), is_tag=True)

    def _stored_names(self) -> dict[str, tuple[str, Read]]:
        store = self._store
        return {
            "project": ("string", lambda event: store.projects[event.project_id].slug),
            "project.name": ("string", lambda event: store.projects[event.project_id].slug),
            "issue": ("string", store.short_id),
        }


@cache
def tag_reader(name: str) -> Read:
    """Read a tag; a missing one is the empty string."""
    return lambda event: event.tags.get(name, "")


def iso_second(second: float) -> str:
    """Write a column value of whole seconds as Sentry does: `2025-04-07T12:23:39+00:00`."""
    return datetime.fromtimestamp(int(second), UTC).isoformat()


def _payload(*path: str) -> Read:
    def read(event: Event) -> str | None:
        value: Any = event.payload
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return None if value in (None, "") else str(value)

    return read


def _of_exceptions(*path: str) -> Read:
    def read(event: Event) -> list[Any]:
        found = []
        for value in exceptions(event.payload):
            part: Any = value
            for key in path:
                part = part.get(key) if isinstance(part, dict) else None
            found.append(part)
        return found

    return read


def _of_frames(key: str) -> Read:
    def read(event: Event) -> list[Any]:
        chains = [value.get("stacktrace") or {} for value in exceptions(event.payload)]
        return [frame.get(key) for chain in chains for frame in chain.get("frames") or []]

    return read


def is_handled(event: Event) -> int:
    """1 unless an exception of the event says that nobody caught it."""
    return int(all(handled is not False for handled in _of_exceptions("mechanism", "handled")(event)))


def _user(event: Event) -> str | None:
    for key in ("id", "username", "email", "ip_address"):
        value = _payload("user", key)(event)
        if value:
            return f"{'ip' if key == 'ip_address' else key}:{value}"
    return None


def _user_name(event: Event) -> str | None:
    found = (_payload("user", key)(event) for key in ("email", "username", "id", "ip_address"))
    return next((value for value in found if value), None)


PLAIN: dict[str, tuple[str, Read]] = {
    "id": ("string", attrgetter("id")),
    "timestamp": ("date", attrgetter("second")),
    "time": ("date", attrgetter("second")),
    "timestamp.to_hour": ("date", lambda event: event.second // 3600 * 3600),
    "timestamp.to_day": ("date", lambda event: event.second // 86400 * 86400),
    "error.received": ("date", attrgetter("second")),
    "title": ("string", attrgetter("title")),
    "message": ("string", attrgetter("message")),
    "level": ("string", attrgetter("level")),
    "environment": ("string", attrgetter("environment")),
    "transaction": ("string", attrgetter("transaction")),
    "culprit": ("string", attrgetter("culprit")),
    "location": ("string", lambda event: (_of_frames("filename")(event) or [None])[-1]),
    "release": ("string", attrgetter("release")),
    "dist": ("string", _payload("dist")),
    "platform.name": ("string", attrgetter("platform")),
    "event.type": ("string", attrgetter("type")),
    "http.url": ("string", _payload("request", "url")),
    "http.method": ("string", _payload("request", "method")),
    "project.id": ("integer", attrgetter("project_id")),
    "project_id": ("integer", attrgetter("project_id")),
    "issue.id": ("integer", attrgetter("group_id")),
    "error.type": ("array", _of_exceptions("type")),
    "error.value": ("array", _of_exceptions("value")),
    "error.mechanism": ("array", _of_exceptions("mechanism", "type")),
    "error.handled": ("boolean", is_handled),
    "error.unhandled": ("boolean", lambda event: 1 - is_handled(event)),
    "stack.filename": ("array", _of_frames("filename")),
    "stack.function": ("array", _of_frames("function")),
    "stack.module": ("array", _of_frames("module")),
    "stack.abs_path": ("array", _of_frames("abs_path")),
    "stack.lineno": ("array", _of_frames("lineno")),
    "stack.in_app": ("array", _of_frames("in_app")),
    "user": ("string", _user),
    "user.id": ("string", _payload("user", "id")),
    "user.email": ("string", _payload("user", "email")),
    "user.username": ("string", _payload("user", "username")),
    "user.ip": ("string", _payload("user", "ip_address")),
    "user.display": ("string", _user_name),
    "sdk.name": ("string", _payload("sdk", "name")),
    "sdk.version": ("string", _payload("sdk", "version")),
    "trace": ("string", _payload("contexts", "trace", "trace_id")),
    "trace.span": ("string", _payload("contexts", "trace", "span_id")),
    "replayId": ("string", _payload("contexts", "replay", "replay_id")),
}
