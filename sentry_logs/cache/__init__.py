"""Answers kept in Django's cache: fresh for a minute, readable for a day, asked for by one at a time."""

from __future__ import annotations

from sentry_logs.cache import quiet
from sentry_logs.cache.keys import key_for
from sentry_logs.cache.marks import get_fresh, get_kept, keep
from sentry_logs.cache.mutex import Mutex
from sentry_logs.cache.region import Held, get_or_ask
from sentry_logs.cache.store import store

__all__ = [
    "Held",
    "Mutex",
    "claim",
    "forget_own_memory",
    "get_fresh",
    "get_kept",
    "get_or_ask",
    "keep",
    "key_for",
    "store",
]


def claim(key: str, seconds: float) -> bool:
    """Tell whether the caller is the first to claim this key within so many seconds, of all processes."""
    return store.add(key, 1, seconds)


def forget_own_memory() -> None:
    """Forget what this process remembers for the time that the shared cache is down."""
    store.forget()
    quiet.forget()
