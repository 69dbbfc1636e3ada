"""How often an address was refused within a minute, in the memory of this process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

MOST_ADDRESSES = 10_000
MINUTE = timedelta(minutes=1)


class AddressLimit:
    """Counts refusals by address; the oldest address is forgotten for a new one."""

    def __init__(self, most_a_minute: int) -> None:
        self._most = most_a_minute
        self._lock = threading.Lock()
        self._refused: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def forget(self) -> None:
        self._refused.clear()

    def seconds_to_wait(self, address: str, now: datetime) -> int:
        """Count one refusal, and return how long the address must wait; 0 while it is within its limit."""
        with self._lock:
            since, count = self._refused.pop(address, (now, 0))
            if not timedelta() <= now - since < MINUTE:
                since, count = now, 0
            self._refused[address] = (since, count + 1)
            if len(self._refused) > MOST_ADDRESSES:
                self._refused.popitem(last=False)
        if count < self._most:
            return 0
        return max(1, round((since + MINUTE - now).total_seconds()))
