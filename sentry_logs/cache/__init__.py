"""Answers kept in Django's cache: fresh for a minute, readable for a day, asked for by one at a time."""

from __future__ import annotations

from sentry_logs.cache import kept, quiet
from sentry_logs.cache.kept import get_kept, glance, keep
from sentry_logs.cache.keys import key_for
from sentry_logs.cache.mutex import Mutex
from sentry_logs.cache.region import Held, get_or_ask, only_known
from sentry_logs.cache.store import store

__all__ = [
    "Held",
    "Mutex",
    "claim",
    "forget_own_memory",
    "get_kept",
    "get_or_ask",
    "glance",
    "keep",
    "key_for",
    "only_known",
    "store",
]


def claim(key: str, seconds: float) -> bool:
    """Tell whether the caller is the first to claim this key within so many seconds, of all processes."""
    return store.add(key, 1, seconds)


def forget_own_memory() -> None:
    """Forget what this process remembers beside the shared cache, as a new process would."""
    store.forget()
    kept.forget()
    quiet.forget()
