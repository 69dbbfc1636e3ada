"""What was recorded within the last minute, so that whoever is refused cannot fill the trail."""

from __future__ import annotations

import time
from threading import Lock

EVERY_SECONDS = 60.0
MOST_REMEMBERED = 1_000


class Lately:
    """Counts what this process recorded, by minute. In its own memory: a cache may be down."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[tuple[object, ...], tuple[float, int]] = {}

    def takes(self, most: int, *what: object) -> bool:
        """Count one more of these, and tell whether it is among the first `most` of its minute."""
        now = time.monotonic()
        with self._lock:
            begun, count = self._counts.get(what, (now, 0))
            if now - begun >= EVERY_SECONDS:
                begun, count = now, 0
            if what not in self._counts and len(self._counts) >= MOST_REMEMBERED:
                self._counts.clear()
            self._counts[what] = (begun, count + 1)
            return count < most

    def forget(self) -> None:
        self._counts.clear()


lately = Lately()
