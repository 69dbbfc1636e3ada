"""Values that one question answers for many keys at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sentry_logs.cache.region import FRESH_SECONDS
from sentry_logs.cache.store import store


@dataclass(frozen=True, slots=True)
class Entry:
    at: float
    value: Any


def get_fresh(keys: Mapping[str, str]) -> dict[str, Any]:
    """Return what is younger than a minute, by the caller's own names for the keys."""
    return _pick(keys, not_before=time.time() - FRESH_SECONDS)


def get_kept(keys: Mapping[str, str]) -> dict[str, Any]:
    """Return whatever is still kept, however old."""
    return _pick(keys, not_before=0)


def keep(values: Mapping[str, Any]) -> None:
    now = time.time()
    store.set_many({key: Entry(now, value) for key, value in values.items()})


def _pick(keys: Mapping[str, str], not_before: float) -> dict[str, Any]:
    found = store.get_many(list(keys.values()))
    kept = {name: found[key] for name, key in keys.items() if isinstance(found.get(key), Entry)}
    return {name: entry.value for name, entry in kept.items() if entry.at >= not_before}
