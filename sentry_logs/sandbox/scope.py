from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sentry_logs.sandbox.errors import bad_request, forbidden, not_found
from sentry_logs.sandbox.http import Request
from sentry_logs.sandbox.options import Options
from sentry_logs.sandbox.store import EventStore
from sentry_logs.sandbox.timerange import Range, read_range


@dataclass(frozen=True, slots=True)
class Scope:
    """Which projects, environments and time a request asks about."""

    projects: tuple[int, ...]
    environments: tuple[str, ...]
    range: Range


def read_scope(request: Request, store: EventStore, options: Options) -> Scope:
    """Read project, environment and time parameters with Sentry's refusals.

    Source: Sentry 23.7.1 source, api/bases/organization.py and api/helpers/environments.py.
    """
    projects = _projects(request, store, options)
    if len(projects) > 1 and not options.global_views:
        raise bad_request("You cannot view events from multiple projects.")
    asked = read_range(request, datetime.now(UTC), options.retention, options.old)
    return Scope(projects, _environments(request, store), asked)


def _projects(request: Request, store: EventStore, options: Options) -> tuple[int, ...]:
    given = [value for value in request.all("project") if value]
    visible = tuple(key for key in store.projects if options.is_member(key))
    if not given:
        return visible
    ids = {_project_id(value, store, options) for value in given}
    if -1 in ids:
        return tuple(store.projects)
    if not ids <= set(store.projects):
        raise forbidden()
    return tuple(ids)


def _project_id(text: str, store: EventStore, options: Options) -> int:
    try:
        return int(text)
    except ValueError:
        if options.old:
            raise bad_request("Invalid project parameter. Values must be numbers.") from None
    project = store.project_by_slug(text)
    if project is None:
        raise forbidden()
    return project.id


def _environments(request: Request, store: EventStore) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(request.all("environment")))
    known = {*store.environments(store.projects), ""}
    if any(name not in known for name in names):
        raise not_found()
    return names
