from __future__ import annotations

from threading import Lock

AT_FIRST = 3.0
MOST = 5.0
SHARE = 0.08
"""How many retries a request earns: under a tenth, so that a Sentry in trouble gets little more to do."""


class RetryBudget:
    """Retries that may be made. Every request adds a little, every retry takes one. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left = AT_FIRST

    def earn(self) -> None:
        with self._lock:
            self._left = min(MOST, self._left + SHARE)

    def spend(self) -> bool:
        """Take one, if there is one."""
        with self._lock:
            enough = self._left >= 1
            self._left -= enough
        return enough
