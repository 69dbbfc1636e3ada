"""Refused webhooks, counted. A flood of them costs memory for one number and a write every few seconds."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import DatabaseError, InterfaceError
from django.db.models import F

from dashboard.address_limit import AddressLimit
from dashboard.ingest.models import Refusal

logger = logging.getLogger(__name__)

WRITE_EVERY = timedelta(seconds=5)
MOST_A_MINUTE = 60


class _Kind(NamedTuple):
    environment: str
    platform: str
    reason: str
    hour: datetime


class RefusalCounter:
    """Counts of this process that are not written yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._counts: Counter[_Kind] = Counter()
        self._last: dict[_Kind, datetime] = {}
        self._written_at: datetime | None = None

    def add(self, environment: str, platform: str, reason: str, now: datetime) -> None:
        kind = _Kind(environment, platform, reason, now.replace(minute=0, second=0, microsecond=0))
        with self._lock:
            self._counts[kind] += 1
            self._last[kind] = now

    def write_if_due(self, now: datetime) -> None:
        with self._lock:
            due = bool(self._counts) and (
                self._written_at is None or abs(now - self._written_at) >= WRITE_EVERY
            )
            if due:
                self._written_at = now
        if due:
            self.write()

    def write(self) -> None:
        """Add the counts to the database; what cannot be written now is kept for the next time."""
        with self._lock:
            counts, last = self._counts, self._last
            self._counts, self._last = Counter(), {}
        for kind, count in list(counts.items()):
            try:
                _add(kind, count, last[kind])
            except (DatabaseError, InterfaceError):
                logger.warning("The count of refused webhooks could not be written; it is tried again")
                break
            del counts[kind]
        with self._lock:
            self._counts.update(counts)
            self._last = {kind: last[kind] for kind in counts} | self._last


def _add(kind: _Kind, count: int, last_at: datetime) -> None:
    row = Refusal.objects.filter(**kind._asdict())
    if not row.update(count=F("count") + count, last_at=last_at):
        Refusal.objects.bulk_create(
            [Refusal(**kind._asdict(), count=0, last_at=last_at)], ignore_conflicts=True
        )
        row.update(count=F("count") + count, last_at=last_at)


counter = RefusalCounter()
limit = AddressLimit(MOST_A_MINUTE)
