"""Values without an end of their own: whoever reads one decides whether it is still good."""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Lock
from typing import Any

from sentry_logs.cache.store import store

GLANCE_SECONDS = 5.0
_seen: dict[str, tuple[float, Any]] = {}
_looking = Lock()


def keep(values: Mapping[str, Any]) -> None:
    store.set_many(values)
    with _looking:
        for key in values:
            _seen.pop(key, None)


def get_kept(key: str) -> Any:
    return store.get(key)


def glance(key: str) -> Any:
    """Return a kept value as this process saw it at most five seconds ago; all its threads look once."""
    with _looking:
        seen_at, value = _seen.get(key, (0.0, None))
        now = time.monotonic()
        if now - seen_at >= GLANCE_SECONDS or not seen_at:
            value = store.get(key)
            _seen[key] = (now, value)
        return value


def forget() -> None:
    with _looking:
        _seen.clear()
