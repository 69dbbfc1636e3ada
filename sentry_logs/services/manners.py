"""Manners toward Sentry: few questions at a time, and a rest while it does not answer.

Both are kept by each process for itself. The rate limit, which is Sentry's own, is kept by all together in
`sentry_logs.cache.quiet`.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from threading import BoundedSemaphore, Lock
from typing import Any, TypeVar

from django.conf import settings
from pybreaker import STATE_CLOSED, STATE_OPEN, CircuitBreaker, CircuitBreakerError, CircuitBreakerListener

from sentry_logs.client import SentryOverloaded, SentryServerError, SentryTimeout, SentryUnreachable
from sentry_logs.services.connections import let_go
from sentry_logs.unavailable import LogsUnavailable, StillAsking

FAILURES = 5
REST_SECONDS = 30.0

Result = TypeVar("Result")
logger = logging.getLogger(__name__)


def politely(act: Callable[[], Result], *, wait: float = 0.0) -> Result:
    """Put a question to Sentry; the client's errors pass through.

    Raises StillAsking when none of the process's places comes free within `wait` seconds, LogsUnavailable
    while Sentry is left alone.
    """
    with _sentry(settings.SENTRY_URL, max(1, settings.SENTRY_CONCURRENCY)).place(wait):
        return act()


def at_once(act: Callable[[], Result]) -> Result:
    """Put a question whatever came of others, as a check of the connection does."""
    with _logged():
        return act()


def forget() -> None:
    """Begin anew, as a new process would."""
    _sentry.cache_clear()


class _Sentry:
    """One Sentry as this process knows it: how many ask it now, and whether it answers."""

    def __init__(self, places: int) -> None:
        self.places = BoundedSemaphore(places)
        self.trial = Lock()
        self.silent_since: float | None = None
        self.rests_until = 0.0
        # `.calling()` is the only form of this breaker that does not hold a lock for the whole call.
        self.breaker = CircuitBreaker(
            fail_max=FAILURES,
            reset_timeout=REST_SECONDS,
            exclude=[lambda error: not _is_outage(error)],
            listeners=[_Opened(self)],
            throw_new_error_on_trip=False,
        )

    @contextmanager
    def place(self, wait: float) -> Iterator[None]:
        if time.time() < self.rests_until:
            raise self._resting()
        let_go()
        if not self.places.acquire(timeout=max(wait, 0.0)):
            raise StillAsking
        try:
            with self._one_at_a_time_after_a_rest(), self._noted():
                yield
        finally:
            self.places.release()

    @contextmanager
    def _one_at_a_time_after_a_rest(self) -> Iterator[None]:
        if self.breaker.current_state == STATE_CLOSED:
            yield
            return
        if not self.trial.acquire(blocking=False):
            raise StillAsking
        try:
            yield
        finally:
            self.trial.release()

    @contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            with self.breaker.calling(), _logged():
                yield
        except CircuitBreakerError:
            raise self._resting() from None
        except Exception as error:
            self.silent_since = (self.silent_since or time.time()) if _is_outage(error) else None
            raise
        self.silent_since = None

    def _resting(self) -> LogsUnavailable:
        seconds = max(1, round(time.time() - (self.silent_since or time.time())))
        silence = f"{seconds} seconds" if seconds < 120 else f"{math.floor(seconds / 60)} minutes"
        again = datetime.fromtimestamp(self.rests_until, UTC)
        return LogsUnavailable(
            f"Sentry has not answered for {silence}.",
            f"{FAILURES} questions in a row failed. Sentry is asked again every {REST_SECONDS:.0f} seconds.",
            "paused",
            again,
        )


class _Opened(CircuitBreakerListener):
    def __init__(self, sentry: _Sentry) -> None:
        self.sentry = sentry

    def state_change(self, cb: CircuitBreaker, old_state: Any, new_state: Any) -> None:
        if new_state.name == STATE_OPEN:
            self.sentry.rests_until = time.time() + REST_SECONDS


@contextmanager
def _logged() -> Iterator[None]:
    """Write a line when a question fails. It names the request, by the filter of the log."""
    began = time.monotonic()
    try:
        yield
    except Exception as error:
        # Only the kind: a text of another server, or of the HTTP library, may hold anything.
        logger.warning("Sentry: %s after %.1f s", type(error).__name__, time.monotonic() - began)
        raise


def _is_outage(error: BaseException) -> bool:
    """Tell whether Sentry was silent or in trouble; a refusal is an answer."""
    kinds = (SentryUnreachable, SentryTimeout, SentryServerError)
    return isinstance(error, kinds) and not isinstance(error, SentryOverloaded)


@lru_cache(maxsize=8)
def _sentry(url: str, places: int) -> _Sentry:
    return _Sentry(places)
