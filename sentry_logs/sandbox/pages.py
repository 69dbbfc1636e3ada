"""The few HTML pages, so that a link into Sentry leads somewhere."""

from __future__ import annotations

from html import escape

from sentry_logs.sandbox.event_detail import utc
from sentry_logs.sandbox.events import Event
from sentry_logs.sandbox.http import Response
from sentry_logs.sandbox.store import EventStore

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} - Sentry sandbox</title></head>
<body><p>Sentry sandbox</p><h1>{title}</h1><dl>{facts}</dl></body></html>
"""


def event_page(event: Event, store: EventStore) -> Response:
    """Show the facts of one event, escaped."""
    facts = {
        "Issue": store.short_id(event),
        "Event": event.id,
        "Project": store.projects[event.project_id].slug,
        "Time": utc(event),
        "Level": event.level,
        "Environment": event.environment or "none",
        "Transaction": event.transaction or "none",
        **{f"Tag {key}": value for key, value in sorted(event.tags.items())},
    }
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in facts.items())
    return html_response(PAGE.format(title=escape(event.title), facts=rows))


def missing_page() -> Response:
    """Say that the page does not exist."""
    return html_response(PAGE.format(title="Page not found", facts=""), 404)


def html_response(text: str, status: int = 200) -> Response:
    """Answer with a page that may load nothing."""
    policy = [("Content-Security-Policy", "default-src 'none'")]
    return Response(status, text.encode(), "text/html; charset=utf-8", policy)
