"""Django's cache, made safe to lean on: whatever happens to it, a page goes on.

An error of the cache is a miss. After one, this process uses its own memory for five seconds before it
tries the cache again; what was written meanwhile stays readable here, so that a cache that is down or full
costs at most one question a minute and process.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pickle import PickleError
from typing import Any, TypeVar

from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache

from sentry_logs.cache.keys import versioned

KEPT_SECONDS = 24 * 60 * 60
DOWN_SECONDS = 5.0
MEMORY_SECONDS = 10 * 60
MEMORY_ENTRIES = 2_000
# What reading an entry raises that another version, or another program, has written.
UNREADABLE = (PickleError, AttributeError, EOFError, ImportError, LookupError, TypeError, ValueError)
FAILED: Any = object()
NOTHING: Any = object()

Result = TypeVar("Result")
logger = logging.getLogger(__name__)


class SteadyCache:
    def __init__(self) -> None:
        options = {"OPTIONS": {"MAX_ENTRIES": MEMORY_ENTRIES}}
        self._memory = LocMemCache("sentry_logs.own_memory", options)
        self._down_until = 0.0

    @property
    def is_down(self) -> bool:
        return time.monotonic() < self._down_until

    def get(self, key: str, default: Any = None) -> Any:
        name = versioned(key)
        found = self._memory.get(name, NOTHING)
        if found is NOTHING:
            found = self._try(lambda: cache.get(name, NOTHING))
        return default if found is NOTHING or found is FAILED else found

    def get_many(self, keys: Sequence[str]) -> dict[str, Any]:
        names = {versioned(key): key for key in keys}
        found: dict[str, Any] = self._memory.get_many(names)
        missing = [name for name in names if name not in found]
        shared = self._try(lambda: cache.get_many(missing), unreadable=NOTHING) if missing else {}
        if shared is NOTHING:
            one_by_one = {name: self.get(names[name], NOTHING) for name in missing}
            shared = {name: value for name, value in one_by_one.items() if value is not NOTHING}
        return {names[name]: value for name, value in (found | ({} if shared is FAILED else shared)).items()}

    def set(self, key: str, value: Any, seconds: float = KEPT_SECONDS) -> None:
        self.set_many({key: value}, seconds)

    def set_many(self, values: Mapping[str, Any], seconds: float = KEPT_SECONDS) -> None:
        entries = {versioned(key): value for key, value in values.items()}
        failed = self._try(lambda: cache.set_many(entries, seconds))
        if failed:
            self._memory.set_many(entries, min(seconds, MEMORY_SECONDS))
        else:
            self._memory.delete_many(entries)

    def add(self, key: str, value: Any, seconds: float) -> bool:
        name = versioned(key)
        added = self._try(lambda: cache.add(name, value, seconds))
        return self._memory.add(name, value, seconds) if added is FAILED else bool(added)

    def delete(self, key: str) -> None:
        name = versioned(key)
        self._memory.delete(name)
        self._try(lambda: cache.delete(name))

    def forget(self) -> None:
        """Forget the process's own memory, and that the cache was down."""
        self._memory.clear()
        self._down_until = 0.0

    def _try(self, act: Callable[[], Result], unreadable: Any = FAILED) -> Result | Any:
        if self.is_down:
            return FAILED
        try:
            return act()
        except UNREADABLE:
            return unreadable
        except Exception as error:
            # Only the kind: the text of a connection's error may hold the address with its password.
            logger.warning("The cache failed (%s): using this process's memory.", type(error).__name__)
            self._down_until = time.monotonic() + DOWN_SECONDS
            return FAILED


store = SteadyCache()
