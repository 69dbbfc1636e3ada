from __future__ import annotations

from typing import Any, ClassVar

from django.core.cache.backends.locmem import LocMemCache

CALLS = frozenset({"get", "get_many", "set", "set_many", "add", "delete", "touch", "incr"})


class CountedCache(LocMemCache):
    """Notes every call from outside; what a call does with others inside is one."""

    calls: ClassVar[list[str]] = []
    _inside = False

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        return _noted(self, name, found) if name in CALLS and not self._inside else found


def _noted(cache: CountedCache, name: str, act: Any) -> Any:
    def noted(*args: Any, **kwargs: Any) -> Any:
        cache.calls.append(name)
        cache._inside = True
        try:
            return act(*args, **kwargs)
        finally:
            cache._inside = False

    return noted
