"""One event in full.

GET /api/0/projects/{org}/{project}/events/{id}/ and GET /api/0/organizations/{org}/events/{project}:{id}/
Source: https://docs.sentry.io/api/events/retrieve-an-event-for-a-project/ and Sentry 23.7.1 source,
api/serializers/models/event.py.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from sentry_logs.sandbox.events import Event, exceptions, interface_values
from sentry_logs.sandbox.store import EventStore
from sentry_logs.sandbox.titles import log_text, metadata_of

FRAME_KEYS = {"filename": "filename", "abs_path": "absPath", "module": "module", "function": "function"}


def detail(event: Event, store: EventStore) -> dict[str, Any]:
    """Give the body that both detail endpoints share."""
    data = event.payload
    return {
        **summary(event, store),
        "size": len(json.dumps(data, default=str)),
        "dist": data.get("dist"),
        "message": log_text(data),
        "entries": entries(data),
        "packages": data.get("modules") or {},
        "sdk": data.get("sdk"),
        "context": data.get("extra") or {},
        "contexts": data.get("contexts") or {},
        "dateReceived": utc(event),
        "errors": [],
        "occurrence": None,
        "fingerprints": list(event.fingerprint),
        "_meta": {"entries": {}, "message": None, "user": None, "contexts": None, "tags": {}},
    }


def project_detail(event: Event, store: EventStore) -> dict[str, Any]:
    """Give the public detail: with release, report and the neighbours within the issue."""
    before, after = _neighbours(event, store)
    release = {"version": event.release, "dateCreated": utc(event)} if event.release else None
    return {
        **detail(event, store),
        "release": release,
        "userReport": None,
        "sdkUpdates": [],
        "resolvedWith": [],
        "nextEventID": after,
        "previousEventID": before,
    }


def organization_detail(event: Event, store: EventStore) -> dict[str, Any]:
    """Give the private detail: with the project's slug, without neighbours."""
    return {**detail(event, store), "projectSlug": store.projects[event.project_id].slug}


def summary(event: Event, store: EventStore) -> dict[str, Any]:
    """Give what lists and details have in common."""
    frames = [frame for value in exceptions(event.payload)[-1:] for frame in _frames(value)]
    return {
        "id": event.id,
        "eventID": event.id,
        "groupID": str(event.group_id),
        "projectID": str(event.project_id),
        "event.type": event.type,
        "type": event.type,
        "title": event.title,
        "message": event.message,
        "location": frames[-1].get("filename") if frames else None,
        "culprit": event.culprit,
        "user": user(event.payload.get("user")),
        "platform": event.platform,
        "dateCreated": utc(event),
        "crashFile": None,
        "metadata": metadata_of(event.payload),
        "tags": [tag(key, value) for key, value in sorted(event.tags.items())],
    }


def utc(event: Event) -> str:
    """Write the event's time as `2020-09-11T17:46:36Z`, with a fraction when there is one."""
    return event.timestamp.isoformat().replace("+00:00", "Z")


def tag(key: str, value: str) -> dict[str, str]:
    """Write one tag; a key that is also a field comes with the query that means the tag."""
    if key in ("user", "release", "environment", "level", "transaction"):
        return {"key": key, "value": value, "query": f'{key}:"{value}"'}
    return {"key": key, "value": value}


def user(sent: Any) -> dict[str, Any] | None:
    """Write the user as Sentry does; None when the SDK sent none."""
    if not isinstance(sent, dict) or not sent:
        return None
    names = ("id", "email", "username", "ip_address", "name")
    return {name: sent.get(name) for name in names} | {"data": sent.get("data")}


def entries(data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the event's interfaces: exception, message, breadcrumbs, request."""
    found: list[dict[str, Any]] = []
    values = exceptions(data)
    if values:
        body = {
            "values": [_exception(value) for value in values],
            "hasSystemFrames": True,
            "excOmitted": None,
        }
        found.append({"type": "exception", "data": body})
    text = log_text(data)
    if text:
        entry = data.get("logentry")
        params = entry.get("params") if isinstance(entry, dict) else None
        found.append({"type": "message", "data": {"formatted": text, "params": params}})
    crumbs = interface_values(data.get("breadcrumbs"))
    if crumbs:
        found.append({"type": "breadcrumbs", "data": {"values": [_crumb(crumb) for crumb in crumbs]}})
    if isinstance(data.get("request"), dict):
        found.append({"type": "request", "data": _request(data["request"])})
    return found


def _request(sent: dict[str, Any]) -> dict[str, Any]:
    """Write a request as Sentry does: query and headers as pairs.

    Source: Sentry 23.7.1, interfaces/http.py, `get_api_context`.
    """
    query = sent.get("query_string") or []
    headers = sent.get("headers") or []
    return {
        "apiTarget": None,
        "method": sent.get("method"),
        "url": sent.get("url"),
        "query": [list(pair) for pair in (parse_qsl(query) if isinstance(query, str) else pairs(query))],
        "fragment": sent.get("fragment"),
        "data": sent.get("data"),
        "headers": [list(pair) for pair in pairs(headers)],
        "cookies": [list(pair) for pair in pairs(sent.get("cookies") or [])],
        "env": sent.get("env"),
        "inferredContentType": None,
    }


def pairs(sent: Any) -> list[tuple[Any, Any]]:
    """List what SDKs send as an object or as pairs, by name."""
    return sorted(sent.items()) if isinstance(sent, dict) else [(name, value) for name, value in sent]


def _exception(value: dict[str, Any]) -> dict[str, Any]:
    frames = [_frame(frame) for frame in _frames(value)]
    trace = {"frames": frames, "framesOmitted": None, "registers": None, "hasSystemFrames": True}
    return {
        "type": value.get("type"),
        "value": value.get("value"),
        "module": value.get("module"),
        "mechanism": value.get("mechanism"),
        "threadId": value.get("thread_id"),
        "stacktrace": trace if frames else None,
        "rawStacktrace": None,
    }


def _frames(value: dict[str, Any]) -> list[dict[str, Any]]:
    return list((value.get("stacktrace") or {}).get("frames") or [])


def _frame(frame: dict[str, Any]) -> dict[str, Any]:
    named = {camel: frame.get(snake) for snake, camel in FRAME_KEYS.items()}
    return named | {
        "lineNo": frame.get("lineno"),
        "colNo": frame.get("colno"),
        "inApp": bool(frame.get("in_app")),
        "context": _context(frame),
        "vars": frame.get("vars"),
        "platform": frame.get("platform"),
        "package": frame.get("package"),
    }


def _context(frame: dict[str, Any]) -> list[list[Any]]:
    """Number the source lines around the frame's own line."""
    here = frame.get("lineno")
    if here is None or frame.get("context_line") is None:
        return []
    before = frame.get("pre_context") or []
    lines = [*before, frame["context_line"], *(frame.get("post_context") or [])]
    return [[here - len(before) + index, line] for index, line in enumerate(lines)]


def _crumb(crumb: dict[str, Any]) -> dict[str, Any]:
    names = ("timestamp", "category", "message", "data", "event_id")
    return {
        "type": crumb.get("type") or "default",
        "level": crumb.get("level") or "info",
        **{name: crumb.get(name) for name in names},
    }


def _neighbours(event: Event, store: EventStore) -> tuple[str | None, str | None]:
    ids = [other.id for other in store.of_group(event)]
    at = ids.index(event.id)
    return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None)
