from __future__ import annotations

import time


class Deadline:
    """A moment on the monotonic clock, `seconds` from now; one for all requests of a call."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - time.monotonic())
