"""Answers kept in Django's cache: fresh for a minute, readable for a day, asked for by one at a time.

dogpile.cache brings the single flight; storage and lock are Django's cache, so with Redis both hold across
processes. A loser on a key that nobody has filled yet never blocks longer than it said it would wait.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from dogpile.cache import CacheRegion, make_region, register_backend
from dogpile.cache.api import NO_VALUE, CacheBackend

from sentry_logs.unavailable import LogsUnavailable, StillAsking

FRESH_SECONDS = 60
KEPT_SECONDS = 24 * 60 * 60
FAILURE_SECONDS = 5
LONGEST_QUIET = timedelta(minutes=10)
POLL_SECONDS = 0.05
LOCK_MARGIN_SECONDS = 60

Value = TypeVar("Value")
_wait: ContextVar[float] = ContextVar("wait", default=0.0)


class DjangoCacheBackend(CacheBackend):
    def __init__(self, arguments: Mapping[str, Any]) -> None:
        """dogpile passes arguments; Django's settings hold all there are."""

    def get(self, key: str) -> Any:
        return cache.get(key, NO_VALUE)

    def set(self, key: str, value: Any) -> None:
        cache.set(key, value, KEPT_SECONDS)

    def delete(self, key: str) -> None:
        cache.delete(key)

    def get_mutex(self, key: str) -> Any:
        return _CacheMutex(f"{key}:lock")


class _CacheMutex:
    """A lock in the cache. It holds a random token, so that a slow owner never frees its successor's lock."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.token = secrets.token_hex(8)

    def acquire(self, wait: bool = True) -> bool:
        deadline = time.monotonic() + _wait.get()
        while not cache.add(self.key, self.token, settings.SENTRY_TIMEOUT + LOCK_MARGIN_SECONDS):
            if not wait:
                return False
            if time.monotonic() >= deadline:
                raise StillAsking
            time.sleep(POLL_SECONDS)
        return True

    def release(self) -> None:
        if cache.get(self.key) == self.token:
            cache.delete(self.key)

    def locked(self) -> bool:
        return cache.get(self.key) is not None


NAME = "sentry_logs.django"
register_backend(NAME, __name__, "DjangoCacheBackend")  # type: ignore[no-untyped-call]  # dogpile's own
_region: CacheRegion = make_region().configure(NAME)


def key_for(*parts: object) -> str:
    """Hash a question to a key that any cache server takes, whatever a person typed into it."""
    return "sentry:" + hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def get_or_ask(
    key: str, ask: Callable[[], Value], *, wait: float = 0.0
) -> tuple[Value, LogsUnavailable | None]:
    """Return the value of a key, asking when it is older than a minute and nobody else is asking.

    The second part says why a newer question failed, if one did and an older value is returned instead.
    Raises LogsUnavailable when there is no older value, StillAsking when `wait` seconds were not enough.
    """

    def ask_once() -> Value:
        newer = _region.get(key, expiration_time=FRESH_SECONDS)
        return newer if newer is not NO_VALUE else _ask_unless_quiet(key, ask)

    try:
        with _waiting(wait):
            return _region.get_or_create(key, ask_once, expiration_time=FRESH_SECONDS), None
    except LogsUnavailable as failure:
        older = _region.get(key, ignore_expiration=True)
        if older is NO_VALUE:
            raise
        return older, failure


def get_fresh(keys: Mapping[str, str]) -> dict[str, Any]:
    """Return what is younger than a minute, by the caller's own names for the keys."""
    return _pick(keys, not_before=time.time() - FRESH_SECONDS)


def get_kept(keys: Mapping[str, str]) -> dict[str, Any]:
    """Return whatever is still kept, however old."""
    return _pick(keys, not_before=0)


def keep(values: Mapping[str, Any]) -> None:
    now = time.time()
    cache.set_many({key: (now, value) for key, value in values.items()}, KEPT_SECONDS)


def _pick(keys: Mapping[str, str], not_before: float) -> dict[str, Any]:
    found = cache.get_many(list(keys.values()))
    kept = {name: found[key] for name, key in keys.items() if key in found}
    return {name: value for name, (at, value) in kept.items() if at >= not_before}


def _ask_unless_quiet(key: str, ask: Callable[[], Value]) -> Value:
    """Ask, unless this very question failed seconds ago or Sentry told everybody to be quiet."""
    quiet: Sequence[Any] | None = cache.get(_quiet_key()) or cache.get(f"{key}:failure")
    if quiet:
        raise LogsUnavailable(*quiet)
    try:
        return ask()
    except LogsUnavailable as failure:
        record = (failure.message, failure.hint, failure.code, failure.retry_at)
        if failure.retry_at:
            pause = min(failure.retry_at - datetime.now(UTC), LONGEST_QUIET).total_seconds()
            cache.set(_quiet_key(), record, max(1.0, pause))
        else:
            cache.set(f"{key}:failure", record, FAILURE_SECONDS)
        raise


def _quiet_key() -> str:
    return key_for("quiet", settings.SENTRY_URL, settings.SENTRY_ORG)


@contextmanager
def _waiting(seconds: float) -> Iterator[None]:
    token = _wait.set(seconds)
    try:
        yield
    finally:
        _wait.reset(token)
