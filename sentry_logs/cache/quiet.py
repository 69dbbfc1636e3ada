"""After a 429 every worker is quiet until the moment that Sentry named. Then one asks, and the others wait
for what comes of it.

Each process also remembers the pause itself, so that a cache that lost its entries cannot end it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from sentry_logs.cache.keys import key_for
from sentry_logs.cache.mutex import Mutex
from sentry_logs.cache.pause import Pause
from sentry_logs.cache.store import store
from sentry_logs.unavailable import LogsUnavailable

SHORTEST, UNNAMED, LONGEST = 1.0, 60.0, 600.0
PROBE_MARGIN = 2.0
_own: dict[str, Pause] = {}


def now() -> LogsUnavailable | None:
    """Return why nobody may ask at this moment, or None."""
    pause = _last(_key())
    return None if pause is None or pause.is_over else pause.failure()


@contextmanager
def respected(wait: float) -> Iterator[None]:
    """Ask inside; LogsUnavailable while everybody is quiet, StillAsking while another asks as the first."""
    key = _key()
    pause = _last(key)
    if pause is None:
        with _minding(key, None):
            yield
        return
    if not pause.is_over:
        raise pause.failure()
    probe = Mutex(f"{key}:probe", settings.SENTRY_TIMEOUT + PROBE_MARGIN, wait)
    probe.acquire()
    try:
        pause = _last(key)
        if pause and not pause.is_over:
            raise pause.failure()
        with _minding(key, pause):
            yield
        _end(key)
    finally:
        probe.release()


def forget() -> None:
    _own.clear()


@contextmanager
def _minding(key: str, before: Pause | None) -> Iterator[None]:
    try:
        yield
    except LogsUnavailable as failure:
        if failure.code == "paused":
            raise
        if failure.code != "rate_limited" and failure.retry_at is None:
            _end(key)
            raise
        pause = Pause.after(failure, _seconds(failure, before), named=True)
        _own[key] = pause
        # Kept longer than it lasts: whoever comes after it must know that it was, to ask as one.
        store.set(key, pause, pause.seconds + LONGEST)
        raise pause.failure() from None


def _seconds(failure: LogsUnavailable, before: Pause | None) -> float:
    if failure.retry_at is not None:
        return min(max(failure.retry_at.timestamp() - time.time(), SHORTEST), LONGEST)
    return min(before.seconds * 2, LONGEST) if before else UNNAMED


def _last(key: str) -> Pause | None:
    shared = store.get(key)
    known = [pause for pause in (shared, _own.get(key)) if isinstance(pause, Pause)]
    return max(known, key=lambda pause: pause.until, default=None)


def _end(key: str) -> None:
    if _own.pop(key, None) or store.get(key) is not None:
        store.delete(key)


def _key() -> str:
    return key_for("quiet", settings.SENTRY_URL, settings.SENTRY_ORG)
