"""Sentry's rate limits: fixed windows and concurrency, per caller and endpoint.

Source: Sentry 23.7.1 source, middleware/ratelimit.py and ratelimits/config.py,
https://docs.sentry.io/api/ratelimits/
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from threading import Lock

from sentry_logs.sandbox.http import Response


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `requests` in `window` seconds, and `concurrent` at once."""

    requests: int
    window: int
    concurrent: int


NEW_LIMITS = {"organization-events": Limit(30, 1, 15), "project-events": Limit(60, 60, 1)}
OLD_LIMITS = {"organization-events": Limit(50, 1, 50), "project-events": Limit(5, 1, 5)}
Headers = list[tuple[str, str]]


@dataclass(slots=True)
class Limits:
    """The limits of a running sandbox. Off as on a self-hosted server; `enabled` turns them on.

    `by_endpoint` can be changed; endpoints that it does not name are not limited.
    """

    enabled: bool = False
    by_endpoint: dict[str, Limit] = field(default_factory=dict)
    _windows: dict[tuple[str, str, int], int] = field(default_factory=dict)
    _running: dict[tuple[str, str], int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def enter(self, endpoint: str, caller: str) -> tuple[Headers, Response | None, bool]:
        """Count a request in; give the headers, a 429 if it is too many, and whether to call `leave`."""
        limit = self.by_endpoint.get(endpoint)
        if not self.enabled or limit is None:
            return [], None, False
        with self._lock:
            return self._count(limit, endpoint, caller)

    def leave(self, endpoint: str, caller: str) -> None:
        """Count a running request out."""
        with self._lock:
            self._running[endpoint, caller] -= 1

    def _count(self, limit: Limit, endpoint: str, caller: str) -> tuple[Headers, Response | None, bool]:
        window = int(time.time()) // limit.window
        used = self._windows[endpoint, caller, window] = self._windows.get((endpoint, caller, window), 0) + 1
        running = self._running.get((endpoint, caller), 0)
        reset = (window + 1) * limit.window
        if used > limit.requests:
            text = (
                "You are attempting to use this endpoint too frequently. "
                f"Limit is {limit.requests} requests in {limit.window} seconds"
            )
            return [], too_many(text, _headers(limit, 0, reset, None)), False
        if running >= limit.concurrent:
            text = (
                "You are attempting to go above the allowed concurrency for this endpoint. "
                f"Concurrency limit is {limit.concurrent}"
            )
            return [], too_many(text, _headers(limit, limit.requests - used, reset, 0)), False
        self._running[endpoint, caller] = running + 1
        left = limit.concurrent - running - 1
        return _headers(limit, limit.requests - used, reset, left), None, True


def too_many(text: str, headers: Headers) -> Response:
    """Make Sentry's own 429: a bare JSON string served as HTML, without Retry-After."""
    return Response(429, json.dumps(text).encode(), "text/html; charset=utf-8", headers)


def _headers(limit: Limit, remaining: int, reset: int, concurrent: int | None) -> Headers:
    return [
        ("X-Sentry-Rate-Limit-Remaining", str(remaining)),
        ("X-Sentry-Rate-Limit-Limit", str(limit.requests)),
        ("X-Sentry-Rate-Limit-Reset", str(reset)),
        ("X-Sentry-Rate-Limit-ConcurrentRemaining", str(concurrent)),
        ("X-Sentry-Rate-Limit-ConcurrentLimit", str(limit.concurrent)),
    ]


def reset_response(reset: float) -> Response:
    """Make the 429 of a window that ends at `reset` (epoch seconds)."""
    limit = NEW_LIMITS["organization-events"]
    text = (
        "You are attempting to use this endpoint too frequently. "
        f"Limit is {limit.requests} requests in {limit.window} seconds"
    )
    return too_many(text, _headers(limit, 0, int(reset), None))
