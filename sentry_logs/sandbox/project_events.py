"""GET /api/0/projects/{org}/{project}/events/, the legacy list: newest first, no tag filter.

Source: https://docs.sentry.io/api/events/list-a-projects-error-events/ and Sentry 23.7.1 source,
api/endpoints/project_events.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sentry_logs.sandbox.event_detail import project_detail, summary
from sentry_logs.sandbox.events import Event
from sentry_logs.sandbox.http import Request, Response, json_response
from sentry_logs.sandbox.options import Options
from sentry_logs.sandbox.pagination import cut, link_header, read_window
from sentry_logs.sandbox.store import EventStore
from sentry_logs.sandbox.timerange import read_range

TIME_NAMES = {"statsPeriod", "start", "end"}


def list_events(request: Request, store: EventStore, project_id: int, options: Options) -> Response:
    """Answer with a bare array; `query` is a substring of the message, the rest is ignored."""
    window = read_window(request, options.old)
    events = _in_time(request, store.of_project(project_id), options)
    wanted = (request.last("query") or "").lower()
    if wanted:
        events = [event for event in events if wanted in event.message.lower()]
    newest_first = [event for event in reversed(events) if event.type != "transaction"]
    page, more = cut(newest_first, window)
    link = link_header(request, window, more, options.link_host)
    return json_response(_bodies(request, page, store), headers=[("Link", link)])


def _in_time(request: Request, events: Sequence[Event], options: Options) -> Sequence[Event]:
    """Keep to the asked time on a server that has it (since July 2025), and to the retention."""
    asked = {name for name, _ in request.query} & TIME_NAMES
    now = datetime.now(UTC)
    if asked and not options.old:
        span = read_range(request, now, options.retention, options.old)
        return [event for event in events if span.start <= event.second < span.end]
    if options.retention is None:
        return events
    oldest = (now - options.retention).timestamp()
    return [event for event in events if event.second >= oldest]


def _bodies(request: Request, page: Sequence[Event], store: EventStore) -> list[dict[str, object]]:
    if (request.last("full") or "").lower() in ("1", "true"):
        return [project_detail(event, store) for event in page]
    bodies = [summary(event, store) for event in page]
    for body in bodies:
        del body["type"]
    return bodies
