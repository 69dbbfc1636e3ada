from __future__ import annotations

import threading
from collections.abc import Callable

from sentry_logs.client.deadline import Deadline
from sentry_logs.client.exceptions import SentryError, SentryForbidden, SentryNotFound, SentryTimeout
from sentry_logs.client.schemas import Project

Lookup = Callable[[str, Deadline], Project]


class ProjectDirectory:
    """The configured projects, each looked up at Sentry at most once. Thread-safe.

    A failed look-up is not remembered. `lookup` asks Sentry for one project.
    """

    def __init__(self, names: tuple[str, ...], lookup: Lookup) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._lookup = lookup
        self._known: dict[str, Project] = {}
        self._lock = threading.Lock()

    def all(self, deadline: Deadline) -> tuple[Project, ...]:
        """The configured projects; one given by its number needs no look-up."""
        return tuple(self._numbered(name, deadline) for name in self._names)

    def slug(self, name: str | None, deadline: Deadline) -> str:
        """The slug of a project, by default the first configured one."""
        name = name or self._names[0]
        return self._named(name, deadline).slug if name.isdigit() else name

    def _numbered(self, name: str, deadline: Deadline) -> Project:
        if name.isdigit():
            return self._known.get(name) or Project(id=name)
        return self._named(name, deadline)

    def _named(self, name: str, deadline: Deadline) -> Project:
        if name in self._known:
            return self._known[name]
        # Threads that come meanwhile wait for this one answer, but not longer than their own deadline.
        if not self._lock.acquire(timeout=deadline.left()):
            raise SentryTimeout
        try:
            if name not in self._known:
                self._known[name] = self._lookup(name, deadline)
            return self._known[name]
        finally:
            self._lock.release()


def naming_the_project(error: SentryError, name: str) -> SentryError:
    """A refused look-up in words that name the project."""
    if isinstance(error, SentryForbidden):
        return error.reworded(
            f"Sentry does not let this dashboard look up the project {name}. Please tell your admin.",
            f"The token needs project:read, and access to {name}. A number instead of the short name in "
            "SENTRY_PROJECT needs no look-up.",
        )
    if isinstance(error, SentryNotFound):
        numbers = " Older servers know projects by their short name only." if name.isdigit() else ""
        return error.reworded(
            f"Sentry does not know the project {name}. Please tell your admin.",
            f"Check SENTRY_PROJECT ({name}) and SENTRY_ORG.{numbers}",
        )
    return error
