"""One question at a time for every key, and the old answer for everybody while it is asked again.

dogpile.cache brings the single flight; storage and lock are Django's cache, so with Redis both hold across
processes. A loser on a key that nobody has filled yet never blocks longer than it said it would wait.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from threading import BoundedSemaphore, Thread
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import connections
from dogpile.cache import CacheRegion, register_backend
from dogpile.cache.api import NO_VALUE, CacheBackend, CachedValue, CacheMutex

from sentry_logs.cache import quiet
from sentry_logs.cache.mutex import POLL_SECONDS, Mutex
from sentry_logs.cache.pause import Pause
from sentry_logs.cache.store import store
from sentry_logs.unavailable import FailureCode, LogsException, LogsUnavailable, StillAsking

FRESH_SECONDS = 60
FAILURE_SECONDS = 5.0
# Nothing but an administrator changes these, so asking every few seconds is of no use.
LASTING: tuple[FailureCode, ...] = ("unauthorized", "forbidden")
LASTING_SECONDS = 60.0
LOCK_MARGIN_SECONDS = 2.0
REFRESHES = 4

Value = TypeVar("Value")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held(Generic[Value]):
    """What the cache holds: `failure` says why there is nothing newer, `refreshing` that it is on its way."""

    value: Value
    failure: LogsUnavailable | None = None
    refreshing: bool = False


@dataclass(frozen=True, slots=True)
class _Terms:
    """How long a caller waits, and how long its question may take."""

    wait: float
    longest: float


_terms: ContextVar[_Terms] = ContextVar("terms")
_only_known: ContextVar[bool] = ContextVar("only_known", default=False)
_rooms = BoundedSemaphore(REFRESHES)


class DjangoCacheBackend(CacheBackend):
    def __init__(self, arguments: Mapping[str, Any]) -> None:
        """dogpile passes arguments; Django's settings hold all there are."""

    def get(self, key: str) -> Any:
        found = store.get(key)
        return found if isinstance(found, CachedValue) else NO_VALUE

    def set(self, key: str, value: Any) -> None:
        store.set(key, value)

    def delete(self, key: str) -> None:
        store.delete(key)

    def get_mutex(self, key: str) -> Any:
        terms = _terms.get()
        return Mutex(_lock(key), terms.longest + LOCK_MARGIN_SECONDS, terms.wait)


def _in_background(region: CacheRegion, key: str, create: Callable[[], Any], mutex: CacheMutex) -> None:
    """Renew an old answer in a thread, unless too many are being renewed already."""
    if not _rooms.acquire(blocking=False):
        mutex.release()
        return
    # In the context of whoever looked, so that the log line of a failure has the id of that request.
    job = (_renew, region, key, create, mutex)
    Thread(target=copy_context().run, args=job, name="sentry-refresh", daemon=True).start()


def _renew(region: CacheRegion, key: str, create: Callable[[], Any], mutex: CacheMutex) -> None:
    try:
        region.set(key, create())
    except LogsException as failure:
        logger.info("A refresh failed: %s", type(failure).__name__)
    except Exception:
        logger.exception("A refresh failed.")
    finally:
        mutex.release()
        _rooms.release()
        connections.close_all()


class _Region(CacheRegion):
    def _mutex(self, key: str) -> Any:
        # dogpile would share one object between all threads that ask for a key: with it the patience of the
        # first of them, and the token by which a lock knows its owner.
        return self.backend.get_mutex(key)


NAME = "sentry_logs.django"
register_backend(NAME, __name__, "DjangoCacheBackend")  # type: ignore[no-untyped-call]  # dogpile's own
_region = _Region(async_creation_runner=_in_background).configure(NAME)
_in_place = _Region().configure(NAME)


@contextmanager
def only_known() -> Iterator[None]:
    """Answer from what is held, of any age; a key that nobody has filled raises StillAsking, unasked."""
    token = _only_known.set(True)
    try:
        yield
    finally:
        _only_known.reset(token)


def get_or_ask(
    key: str,
    ask: Callable[[], Value],
    *,
    wait: float = 0.0,
    longest: float | None = None,
    in_place: bool = False,
) -> Held[Value]:
    """Return the value of a key, asking when it is older than a minute and nobody else is asking.

    An older value is returned at once while it is asked again, or after `wait` seconds, for a caller that
    would rather have the new one. `longest` is how many seconds the question itself may take, `in_place`
    that whoever is the first to ask it again does so himself, not in the background.
    Raises LogsUnavailable when there is no older value, StillAsking when `wait` seconds were not enough.
    """
    known = _region.backend.get(key)
    if known is not NO_VALUE:
        if _is_fresh(known):
            return Held(known.payload)
        if failure := _reason_not_to_ask(key):
            return Held(known.payload, failure)
    elif _only_known.get():
        raise StillAsking
    region = _in_place if in_place else _region
    try:
        with _on(_Terms(wait, longest or settings.SENTRY_TIMEOUT)):
            value = region.get_or_create(key, lambda: _ask(key, ask, wait), expiration_time=FRESH_SECONDS)
    except LogsUnavailable as failure:
        if known is NO_VALUE:
            raise
        return Held(known.payload, failure)
    return Held(value) if known is NO_VALUE else _newest(key, value, wait)


def _newest(key: str, older: Value, wait: float) -> Held[Value]:
    """Wait for the refresh that is under way; without an end in time the older value has to do."""
    mutex = Mutex(_lock(key), 0)
    deadline = time.monotonic() + wait
    while True:
        refreshing = mutex.locked()
        known = _region.backend.get(key)
        if known is not NO_VALUE and _is_fresh(known):
            return Held(known.payload)
        if not refreshing or time.monotonic() >= deadline:
            return Held(older, _last_failure(key), refreshing)
        time.sleep(POLL_SECONDS)


def _ask(key: str, ask: Callable[[], Value], wait: float) -> Value:
    """Ask, unless this very question failed seconds ago or Sentry told everybody to be quiet."""
    known = _region.backend.get(key)
    if known is not NO_VALUE and _is_fresh(known):
        value: Value = known.payload
        return value
    if failure := _reason_not_to_ask(key):
        raise failure
    try:
        with quiet.respected(wait):
            answer = ask()
    except LogsUnavailable as failure:
        if failure.code != "paused":
            seconds = LASTING_SECONDS if failure.code in LASTING else FAILURE_SECONDS
            store.set(_failure(key), Pause.after(failure, seconds))
        raise
    store.delete(_failure(key))
    return answer


def _reason_not_to_ask(key: str) -> LogsUnavailable | None:
    pause = store.get(_failure(key))
    recent = isinstance(pause, Pause) and not pause.is_over
    return quiet.now() or (pause.failure() if recent else None)


def _last_failure(key: str) -> LogsUnavailable | None:
    pause = store.get(_failure(key))
    return pause.failure() if isinstance(pause, Pause) else None


def _is_fresh(known: CachedValue) -> bool:
    return bool(time.time() - known.metadata["ct"] <= FRESH_SECONDS)


def _failure(key: str) -> str:
    return f"{key}:failure"


def _lock(key: str) -> str:
    return f"{key}:lock"


@contextmanager
def _on(terms: _Terms) -> Iterator[None]:
    token = _terms.set(terms)
    try:
        yield
    finally:
        _terms.reset(token)
