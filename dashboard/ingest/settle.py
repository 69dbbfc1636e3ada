"""Stored deliveries read and recorded as calls: right after the answer, and again whenever that is wanted.

A delivery can be settled as often as one likes, by several at once too: the calls come out the same.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import DatabaseError, Error, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from dashboard.ingest.cleaning import clean_text, clean_time
from dashboard.ingest.models import Delivery
from dashboard.ingest.platforms import PLATFORMS
from dashboard.ingest.platforms.base import Incoming, Reading, Unreadable
from dashboard.ingest.record import record_reports

logger = logging.getLogger(__name__)

LONGEST_EVENT_TYPE, LONGEST_PROBLEM = 100, 500
BATCH = 100
# Whoever stored a delivery settles it within moments; after that it counts as left behind.
LEFT_BEHIND = timedelta(seconds=10)
_next_look = 0.0

Verdict = Delivery.Verdict


class Understanding(NamedTuple):
    """What a message says, or why it could not be read."""

    reading: Reading | None
    problem: str = ""

    @property
    def verdict(self) -> Delivery.Verdict:
        if self.reading is None:
            return Verdict.UNPARSED
        if not self.reading.is_known_type:
            return Verdict.UNKNOWN_TYPE
        return Verdict.RECORDED if self.reading.reports else Verdict.NO_CALL


def settle(delivery: Delivery, incoming: Incoming | None = None) -> str:
    """Record what a delivery says and return its verdict; `incoming` is the request, where it is still there.

    Raises only the errors of a database that is not there; the delivery then stays as it was.
    """
    understanding = understand(delivery, incoming)
    try:
        return _record(delivery, understanding)
    except (OperationalError, InterfaceError):
        raise
    except Exception as failure:
        # PostgreSQL's own words would put the whole row, numbers included, into the log.
        trace = None if isinstance(failure, DatabaseError) else failure
        name = type(failure).__name__
        logger.error("Delivery %s could not be recorded: %s", delivery.pk, name, exc_info=trace)
        return _record(delivery, Understanding(None, name))


def settle_left_behind(now: datetime, older_than: timedelta = LEFT_BEHIND) -> int:
    """Settle the deliveries whose process was gone before it came to that, and return how many."""
    left = Delivery.objects.filter(verdict=Verdict.WAITING, received_at__lte=now - older_than)
    settled = 0
    while batch := list(left.order_by("received_at")[:BATCH]):
        for delivery in batch:
            settle(delivery)
        settled += len(batch)
    return settled


def catch_up(older_than: timedelta = LEFT_BEHIND) -> None:
    """Settle what was left behind, without harm to whoever comes by; a database that is away is met later."""
    try:
        settle_left_behind(timezone.now(), older_than)
    except Error as failure:
        logger.error("Deliveries wait for the database: %s", type(failure).__name__)


def catch_up_seldom() -> None:
    """Do the same, but at most every few seconds in a process."""
    global _next_look
    if time.monotonic() >= _next_look:
        _next_look = time.monotonic() + LEFT_BEHIND.total_seconds()
        catch_up()


def replay(deliveries: QuerySet[Delivery], *, dry_run: bool = False) -> Iterator[str]:
    """Read each delivery again, oldest first, and yield its new verdict as soon as it is recorded.

    Signatures are not checked again: only proven messages are stored, and a secret may be gone by now.
    """
    after = 0
    while batch := list(deliveries.filter(pk__gt=after).order_by("pk")[:BATCH]):
        for delivery in batch:
            yield understand(delivery).verdict if dry_run else settle(delivery)
        after = batch[-1].pk


def understand(delivery: Delivery, incoming: Incoming | None = None) -> Understanding:
    """Read a message; whatever goes wrong is told, not raised."""
    platform = PLATFORMS.get(delivery.platform)
    if platform is None:
        return Understanding(None, "This platform is no longer understood.")
    try:
        return Understanding(platform.read(incoming or _as_it_came(delivery), delivery.environment))
    except Unreadable as problem:
        return Understanding(None, clean_text(str(problem), LONGEST_PROBLEM))
    except Exception as failure:
        logger.exception("A message of %s could not be read", platform.name)
        return Understanding(None, type(failure).__name__)


def _as_it_came(delivery: Delivery) -> Incoming:
    return Incoming(
        url="",
        headers={"content-type": delivery.content_type},
        body=bytes(delivery.body),
        now=delivery.received_at,
    )


@transaction.atomic
def _record(delivery: Delivery, understanding: Understanding) -> str:
    facts = {"verdict": understanding.verdict, "problem": understanding.problem} | _facts(understanding)
    Delivery.objects.filter(pk=delivery.pk).update(**facts)
    return str(facts["verdict"])


def _facts(understanding: Understanding) -> dict[str, Any]:
    reading = understanding.reading
    if reading is None:
        return {}
    recorded = record_reports(reading.reports, savepoint=False)
    if recorded and None in recorded:
        return {"verdict": Verdict.ERASED, "body": b"", "call": None, "platform_call_id": "", "problem": ""}
    calls = [one.call for one in recorded if one]
    return {
        "event_type": clean_text(reading.event_type, LONGEST_EVENT_TYPE),
        "event_at": clean_time(reading.at) if reading.at else None,
        "call": calls[0] if calls else None,
        "platform_call_id": calls[0].platform_call_id if calls else "",
    }
