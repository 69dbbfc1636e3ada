"""POST /api/<project>/envelope/ and /store/: what an SDK sends.

Source: https://develop.sentry.dev/sdk/data-model/envelopes/ and sentry-sdk 2.x on the wire.
"""

from __future__ import annotations

import gzip
import json
import re
import uuid
import zlib
from contextlib import suppress
from typing import Any

from sentry_logs.sandbox.errors import ApiError, bad_request
from sentry_logs.sandbox.http import Request, Response, json_response
from sentry_logs.sandbox.options import Options
from sentry_logs.sandbox.store import EventStore, Project

STORED = ("event", "transaction")


def take_envelope(request: Request, store: EventStore, project: Project, options: Options) -> Response:
    """Store the events and log lines of an envelope; other items are accepted and forgotten."""
    check_key(request, project)
    header, items = read_envelope(unpack(request))
    for kind, payload in items:
        if kind in STORED:
            _store(_object(payload), header, store, project, options)
        elif kind == "log" and not options.old:
            _store_logs(payload, store, project)
    return json_response({"id": str(header.get("event_id") or uuid.uuid4().hex).replace("-", "")})


def take_event(request: Request, store: EventStore, project: Project, options: Options) -> Response:
    """Store one event sent the old way."""
    check_key(request, project)
    event_id = _store(_object(unpack(request)), {}, store, project, options)
    return json_response({"id": event_id})


def check_key(request: Request, project: Project) -> None:
    """Want the project's public key in X-Sentry-Auth or in the query."""
    auth = request.headers.get("x-sentry-auth", "")
    found = re.search(r"\bsentry_key=([^,\s]+)", auth)
    key = found[1] if found else request.last("sentry_key")
    if key is None:
        raise bad_request("missing authorization information")
    if key != project.key:
        raise ApiError(403, {"detail": "event submission rejected with_reason: ProjectId"})


def unpack(request: Request) -> bytes:
    """Undo the content encoding of a body: gzip, deflate or none."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    try:
        if encoding == "gzip":
            return gzip.decompress(request.body)
        if encoding == "deflate":
            return zlib.decompress(request.body)
    except (OSError, EOFError, zlib.error):
        raise bad_request("failed to decode zlib payload") from None
    if encoding != "identity":
        raise bad_request(f"unsupported content encoding: {encoding}")
    return request.body


def read_envelope(data: bytes) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """Split an envelope into its header and (type, payload) items; 400 when it is not one."""
    line, _, rest = data.partition(b"\n")
    header = _object(line)
    items = []
    while rest.strip(b"\n"):
        line, _, rest = rest.lstrip(b"\n").partition(b"\n")
        item = _object(line)
        length = item.get("length")
        if length is None:
            payload, _, rest = rest.partition(b"\n")
        else:
            payload, rest = _taken(rest, length)
        items.append((str(item.get("type")), payload))
    return header, items


def _taken(rest: bytes, length: Any) -> tuple[bytes, bytes]:
    if not isinstance(length, int) or not 0 <= length <= len(rest):
        raise bad_request("invalid item length")
    return rest[:length], rest[length:]


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise bad_request("invalid event envelope") from None
    if not isinstance(value, dict):
        raise bad_request("invalid event envelope")
    return value


def _store_logs(payload: bytes, store: EventStore, project: Project) -> None:
    """Store the lines of a `log` item; Sentry drops broken ones without a word."""
    with suppress(ValueError, OverflowError, AttributeError, TypeError):
        for item in json.loads(payload)["items"]:
            store.logs.add(item, project.id)


def _store(
    data: dict[str, Any], header: dict[str, Any], store: EventStore, project: Project, options: Options
) -> str:
    data.setdefault("event_id", header.get("event_id"))
    try:
        return store.add(data, project.id, long_keys=not options.old).id
    except (ValueError, OverflowError):
        raise bad_request("invalid event") from None
