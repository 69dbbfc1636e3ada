"""Bad weather on demand: what a proxy, a network or an overloaded Sentry does to an answer."""

from __future__ import annotations

import dataclasses
import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event as Signal
from threading import Lock
from typing import Any

from sentry_logs.sandbox.http import Request, Response
from sentry_logs.sandbox.limits import reset_response

QUERY_TIMEOUT = (
    "\nQuery timeout. Please try again. If the problem persists try a smaller date range or fewer projects. "
    "Also consider a filter on the transaction field if you're filtering performance data.\n"
)
HTML_ERROR = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>\n"
REASONS = {502: "502 Bad Gateway", 503: "503 Service Temporarily Unavailable", 504: "504 Gateway Time-out"}


@dataclass(slots=True)
class Fault:
    """One fault: `kind`, how many requests it still hits (None: all), on which paths, and its settings."""

    kind: str
    times: int | None
    path: str
    settings: dict[str, Any] = field(default_factory=dict)


class Faults:
    """The faults of a running sandbox; the oldest that fits a request is used. Safe from many threads.

    Kinds, with their settings and defaults:
    delay(seconds=1) then the true answer; hang() until `clear` or stop; status(status=500, body=None,
    content_type="application/json", headers=[]); html(status=502); drip_body(seconds=0.2, chunk=1);
    drip_headers(seconds=0.2); close() without an answer; cut() in the middle of the body;
    truncated_json(); wrong_shape(body=[1, 2]); huge(size=64 MiB); gzip_bomb(size=256 MiB);
    redirect(location="http://127.0.0.1:9/"); query_timeout(); rate_limited(seconds=2), a 429 until then;
    ignore_query(containing=""), the answer as if a `query` with this text in it had not been sent.
    Any kind with `held=True` waits for `release` first.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()
        self._released = Signal()

    def set(self, kind: str, times: int | None = None, path: str = "", **settings: Any) -> None:
        """Add a fault for `times` requests whose path, with its query, contains `path`.

        An unknown kind is a ValueError.
        """
        if kind not in (*RESPONSES, *DELIVERIES, "delay", "hang", "rate_limited", "ignore_query"):
            raise ValueError(f"unknown fault: {kind}")
        if kind == "rate_limited":
            settings["until"] = time.time() + settings.pop("seconds", 2)
        with self._lock:
            self._released.clear()
            self._faults.append(Fault(kind, times, path, settings))

    def clear(self) -> None:
        """Forget all faults and let hanging requests end."""
        with self._lock:
            self._faults.clear()
            self._released.set()

    def release(self) -> None:
        """Let held and hanging requests go on; the faults stay."""
        self._released.set()

    def take(self, path: str) -> Fault | None:
        """Give the fault for a request and count it."""
        with self._lock:
            for fault in self._faults:
                if fault.path in path and fault.times != 0 and not _over(fault):
                    fault.times = fault.times - 1 if fault.times is not None else None
                    return fault
        return None

    def wait(self, fault: Fault) -> None:
        """Spend the time that a fault costs before the answer."""
        if fault.kind == "delay":
            self._released.wait(fault.settings.get("seconds", 1))
        elif fault.kind == "hang" or fault.settings.get("held"):
            self._released.wait(3600)


def _over(fault: Fault) -> bool:
    return fault.kind == "rate_limited" and time.time() >= fault.settings["until"]


def replace(fault: Fault, request: Request, proceed: Callable[[Request], Response]) -> Response:
    """Give the answer that a fault makes of a request; most do not ask the endpoint."""
    if fault.kind == "rate_limited":
        return reset_response(int(fault.settings["until"]) + 1)
    if fault.kind == "ignore_query":
        request = _without_query(request, fault.settings.get("containing", ""))
    make = RESPONSES.get(fault.kind)
    return make(fault.settings) if make else _changed(fault, proceed(request))


def _without_query(request: Request, text: str) -> Request:
    kept = tuple((name, value) for name, value in request.query if name != "query" or text not in value)
    return dataclasses.replace(request, query=kept)


def _changed(fault: Fault, response: Response) -> Response:
    if fault.kind == "truncated_json":
        response.body = response.body[: max(1, len(response.body) // 2)]
    return response


def _status(settings: dict[str, Any]) -> Response:
    body = settings.get("body")
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    kind = settings.get("content_type", "application/json")
    return Response(settings.get("status", 500), data, kind, list(settings.get("headers", ())))


def _html(settings: dict[str, Any]) -> Response:
    status = settings.get("status", 502)
    text = HTML_ERROR.format(REASONS.get(status, str(status)))
    return Response(status, text.encode(), "text/html")


def _huge(settings: dict[str, Any]) -> Response:
    size = settings.get("size", 64 * 1024 * 1024)
    return Response(200, b'{"data":["' + b"x" * size + b'"]}')


def _gzip_bomb(settings: dict[str, Any]) -> Response:
    size = settings.get("size", 256 * 1024 * 1024)
    block = b"x" * 1024 * 1024
    packed = gzip.compress(block, 9) * (size // len(block))
    return Response(200, packed, headers=[("Content-Encoding", "gzip")])


def _redirect(settings: dict[str, Any]) -> Response:
    location = settings.get("location", "http://127.0.0.1:9/")
    return Response(settings.get("status", 302), b"", headers=[("Location", location)])


RESPONSES: dict[str, Callable[[dict[str, Any]], Response]] = {
    "status": _status,
    "html": _html,
    "wrong_shape": lambda settings: Response(200, json.dumps(settings.get("body", [1, 2])).encode()),
    "huge": _huge,
    "gzip_bomb": _gzip_bomb,
    "redirect": _redirect,
    "query_timeout": lambda settings: Response(400, json.dumps({"detail": QUERY_TIMEOUT}).encode()),
}
DELIVERIES = ("drip_body", "drip_headers", "close", "cut", "truncated_json")
