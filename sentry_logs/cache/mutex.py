from __future__ import annotations

import secrets
import time

from sentry_logs.cache.store import store
from sentry_logs.unavailable import StillAsking

POLL_SECONDS = 0.05


class Mutex:
    """A lock in the cache. It holds a random token, so that a slow owner never frees its successor's lock.

    It ends by itself after `seconds`, for an owner that died; `wait` is how long to wait for it.
    """

    def __init__(self, key: str, seconds: float, wait: float = 0.0) -> None:
        self.key = key
        self.seconds = seconds
        self.wait = wait
        self.token = secrets.token_hex(8)

    def acquire(self, wait: bool = True) -> bool:
        deadline = time.monotonic() + self.wait
        while not store.add(self.key, self.token, self.seconds):
            if not wait:
                return False
            if time.monotonic() >= deadline:
                raise StillAsking
            time.sleep(POLL_SECONDS)
        return True

    def release(self) -> None:
        if store.get(self.key) == self.token:
            store.delete(self.key)

    def locked(self) -> bool:
        return store.get(self.key) is not None
