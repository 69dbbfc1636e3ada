"""The WSGI application: routes, who may call them, limits and faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from sentry_logs.sandbox import discover, event_detail, pages, project_events
from sentry_logs.sandbox.auth import ORG_SCOPES, PROJECT_SCOPES, check_bearer, check_scope
from sentry_logs.sandbox.envelope import take_envelope, take_event
from sentry_logs.sandbox.errors import ApiError, bad_request, forbidden, not_found
from sentry_logs.sandbox.events import Event
from sentry_logs.sandbox.faults import Faults, replace
from sentry_logs.sandbox.http import Request, Response, json_response
from sentry_logs.sandbox.limits import Limits
from sentry_logs.sandbox.options import Options
from sentry_logs.sandbox.requestlog import RequestLog
from sentry_logs.sandbox.scope import read_scope
from sentry_logs.sandbox.server import DELIVERY, SENT, status_line
from sentry_logs.sandbox.store import EventStore, Project

MAX_TARGET = 16_384
SLUG = r"(?P<org>[^/]+)"
PROJECT = r"(?P<project>[^/]+)"
ID = r"(?P<id>[0-9a-f]{32}|[0-9a-f-]{36})"


@dataclass(slots=True)
class SandboxApp:
    """Answer requests as Sentry would."""

    org: str
    store: EventStore
    tokens: dict[str, set[str]]
    options: Options
    limits: Limits
    faults: Faults
    log: RequestLog
    seed: int = 0
    _counter: count[int] = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = read_request(environ)
        entry = self.log.add(request, int(environ.get("REMOTE_PORT", 0)))
        environ[SENT] = entry.add_sent
        fault = self.faults.take(request.target or request.path)
        environ[DELIVERY] = fault
        if fault:
            self.faults.wait(fault)
            response = replace(fault, request, self.respond)
        else:
            response = self.respond(request)
        entry.status = response.status
        start_response(status_line(response.status), list(response.header_pairs()))
        return [response.body]

    def respond(self, request: Request) -> Response:
        """Route one request and turn refusals into bodies."""
        for route in ROUTES:
            match = route.pattern.fullmatch(request.path)
            if match:
                return self._limited(route, request, match.groupdict())
        return json_response(None, 404)

    def _limited(self, route: Route, request: Request, names: dict[str, str]) -> Response:
        caller = request.headers.get("authorization", "")
        headers, refusal, entered = self.limits.enter(route.endpoint, caller)
        if refusal:
            return refusal
        try:
            response = self._authorised(route, request, names)
        except ApiError as error:
            response = json_response(error.body, error.status)
        finally:
            if entered:
                self.limits.leave(route.endpoint, caller)
        response.headers += headers
        return response

    def _authorised(self, route: Route, request: Request, names: dict[str, str]) -> Response:
        if route.scopes:
            scopes = self.tokens[check_bearer(request, self.tokens)]
            if names["org"] != self.org:
                raise not_found()
            if request.method != "GET":
                raise forbidden()
            check_scope(scopes, route.scopes)
        if len(request.target) > MAX_TARGET:
            raise bad_request("No columns selected")
        return route.view(self, request, names)

    def project(self, name: str) -> Project:
        """Find a project by slug, or by id where the server takes both."""
        found = self.store.project_by_slug(name)
        if found is None and name.isdecimal() and not self.options.old:
            found = self.store.projects.get(int(name))
        if found is None:
            raise not_found()
        return found

    def event(self, names: dict[str, str]) -> Event:
        """Find the event that a path names."""
        found = self.store.get(self.project(names["project"]).id, names["id"].replace("-", ""))
        if found is None:
            raise not_found("Event not found")
        return found

    def shuffle_seed(self) -> int:
        """Give a number that differs from request to request, the same in every run."""
        with self._lock:
            return self.seed * 1_000_003 + next(self._counter)


def read_request(environ: dict[str, Any]) -> Request:
    """Make a Request of a WSGI environ."""
    headers = {
        key[5:].lower().replace("_", "-"): value for key, value in environ.items() if key[:5] == "HTTP_"
    }
    host = headers.get("host", f"127.0.0.1:{environ['SERVER_PORT']}")
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query=tuple(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)),
        headers=headers,
        body=environ["wsgi.input"].read(),
        base_url=f"http://{host}",
        target=environ.get("RAW_URI", ""),
    )


def organization_events(app: SandboxApp, request: Request, names: dict[str, str]) -> Response:
    """Answer the Discover endpoint."""
    if not app.options.discover:
        return json_response(None, 404)
    scope = read_scope(request, app.store, app.options)
    return discover.answer(
        request,
        app.store,
        scope,
        old=app.options.old,
        shuffle=app.shuffle_seed(),
        host=app.options.link_host,
    )


def legacy_events(app: SandboxApp, request: Request, names: dict[str, str]) -> Response:
    """Answer the legacy list of a project's events."""
    return project_events.list_events(request, app.store, app.project(names["project"]).id, app.options)


def one_event(app: SandboxApp, request: Request, names: dict[str, str]) -> Response:
    """Answer with one event of a project."""
    return json_response(event_detail.project_detail(app.event(names), app.store))


def organization_event(app: SandboxApp, request: Request, names: dict[str, str]) -> Response:
    """Answer with one event, found by project and id; an unknown project is an empty 404."""
    if app.store.project_by_slug(names["project"]) is None:
        return json_response(None, 404)
    return json_response(event_detail.organization_detail(app.event(names), app.store))


def project_detail(app: SandboxApp, request: Request, names: dict[str, str]) -> Response:
    """Answer with the project: its numeric id is a text here."""
    project = app.project(names["project"])
    organization = {"id": "1", "slug": app.org, "name": app.org.title()}
    body = {
        "id": str(project.id),
        "slug": project.slug,
        "name": project.name,
        "platform": project.platform,
        "status": "active",
        "isMember": app.options.is_member(project.id),
        "hasAccess": True,
        "organization": organization,
    }
    return json_response(body)


def environments(app: SandboxApp, request: Request, names: dict[str, str]) -> Response:
    """Answer with the environments that ever had an event in the project."""
    found = app.store.environments([app.project(names["project"]).id])
    rows = [{"id": str(number), "name": name, "isHidden": False} for number, name in enumerate(found, 1)]
    return json_response(rows)


def page(app: SandboxApp, request: Request, names: dict[str, str]) -> Response:
    """Show an event to a person who followed a link."""
    slug, event_id = names.get("project"), names["id"].replace("-", "")
    projects = [app.store.project_by_slug(slug)] if slug else list(app.store.projects.values())
    found = [app.store.get(project.id, event_id) for project in projects if project]
    event = next((event for event in found if event), None)
    if names["org"] != app.org or event is None:
        return pages.missing_page()
    return pages.event_page(event, app.store)


def ingest(app: SandboxApp, request: Request, names: dict[str, str]) -> Response:
    """Take what an SDK sends."""
    project = app.store.projects.get(int(names["number"]))
    if request.method != "POST":
        raise ApiError(405, {"detail": "method not allowed"})
    if project is None:
        raise ApiError(403, {"detail": "event submission rejected with_reason: ProjectId"})
    take = take_envelope if names["kind"] == "envelope" else take_event
    return take(request, app.store, project, app.options)


@dataclass(frozen=True, slots=True)
class Route:
    """A path, the name its limit goes by, the scopes of which one is needed (none: open), and its view."""

    pattern: re.Pattern[str]
    endpoint: str
    scopes: frozenset[str]
    view: Callable[[SandboxApp, Request, dict[str, str]], Response]


def _route(path: str, endpoint: str, scopes: frozenset[str], view: Any) -> Route:
    return Route(re.compile(path), endpoint, scopes, view)


OPEN: frozenset[str] = frozenset()
ORGANIZATIONS, PROJECTS = "/api/0/organizations", "/api/0/projects"
ROUTES = (
    _route(rf"{ORGANIZATIONS}/{SLUG}/events/", "organization-events", ORG_SCOPES, organization_events),
    _route(rf"{ORGANIZATIONS}/{SLUG}/events/{PROJECT}:{ID}/", "org-event", ORG_SCOPES, organization_event),
    _route(rf"{PROJECTS}/{SLUG}/{PROJECT}/events/", "project-events", PROJECT_SCOPES, legacy_events),
    _route(rf"{PROJECTS}/{SLUG}/{PROJECT}/events/{ID}/", "project-event", PROJECT_SCOPES, one_event),
    _route(rf"{PROJECTS}/{SLUG}/{PROJECT}/environments/", "environments", PROJECT_SCOPES, environments),
    _route(rf"{PROJECTS}/{SLUG}/{PROJECT}/", "project", PROJECT_SCOPES, project_detail),
    _route(r"(?:/.*)?/api/(?P<number>\d+)/(?P<kind>envelope|store)/", "ingest", OPEN, ingest),
    _route(rf"/organizations/{SLUG}/issues/[^/]+/events/{ID}/", "page", OPEN, page),
    _route(rf"/organizations/{SLUG}/projects/{PROJECT}/events/{ID}/", "page", OPEN, page),
)
