from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock


@dataclass(slots=True)
class Usage:
    """What was asked of Sentry so far: requests sent, repetitions included, and bytes of bodies received.

    Bytes are counted as they came over the wire, that is compressed where Sentry compresses.
    """

    requests: int = 0
    bytes: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def add_request(self) -> None:
        """Count a request that is about to be sent."""
        with self._lock:
            self.requests += 1

    def add_bytes(self, size: int) -> None:
        """Count what came back."""
        with self._lock:
            self.bytes += size


_usage: ContextVar[Usage | None] = ContextVar("usage", default=None)


@contextmanager
def metered() -> Iterator[Usage]:
    """Count what every client sends and receives for the code inside, in this thread of control alone."""
    usage = Usage()
    token = _usage.set(usage)
    try:
        yield usage
    finally:
        _usage.reset(token)


def current_usage() -> Usage:
    """The meter that runs here; one that nobody reads where none does."""
    return _usage.get() or Usage()
