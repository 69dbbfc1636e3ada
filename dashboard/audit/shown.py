"""Looks at calls and searches by number: recorded before a page is shown, once an hour for each of them.

What these pages show is masked. So where the database takes no changes at all they are shown nevertheless,
and the log keeps what the trail cannot. What is not masked calls `record` itself, and is not shown then.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from dashboard.audit.asking import asker
from dashboard.audit.models import Entry
from dashboard.audit.reading import visible_to
from dashboard.audit.record import Event, NotRecorded, Recorded, Result, record
from dashboard.failures import trouble_in
from dashboard.people.rights import Somebody
from sentry_logs.cache import store

MOST_LOOKS = 20
SHORTEST_NATIONAL = 9
HOUR = 60 * 60.0

logger = logging.getLogger(__name__)


def call_opened(request: HttpRequest, call: Recorded) -> None:
    """Record that somebody opens a call. Raises NotRecorded; then it must not be shown."""
    _once_an_hour(request, Event.CALL_OPENED, str(call.pk), call=call, result=Result.SHOWN)


def numbers_searched(request: HttpRequest, numbers: Sequence[str]) -> None:
    """Record that somebody looks for the calls of these numbers, without the numbers. Raises NotRecorded."""
    for number in numbers:
        token = number_token(number)
        _once_an_hour(request, Event.NUMBER_SEARCH, token, detail=f"number {token}")


def number_token(number: str) -> str:
    """Return what stands for a number in the trail: the same for each of its spellings, and no way back."""
    national = number[-SHORTEST_NATIONAL:]
    return salted_hmac("dashboard.audit.number", national, algorithm="sha256").hexdigest()[:16]


def looks_at(call: Recorded, *, seen_by: Somebody) -> list[Entry]:
    """Return who did what with a call, newest first, of the entries that a person may see."""
    return list(visible_to(seen_by).filter(call_id=call.pk).order_by("-pk")[:MOST_LOOKS])


def _once_an_hour(request: HttpRequest, event: Event, what: str, **facts: Any) -> None:
    key = f"audit:{asker(request)}:{event}:{what}"
    # Where the cache forgot, there is one entry more.
    if store.get(key) is not None:
        return
    try:
        record(event, request=request, **facts)
    except NotRecorded as error:
        trouble = trouble_in(error.__cause__)
        if trouble is None or not trouble.forbids_saving_only:
            raise
        logger.error(
            "Not recorded, for the database is %s: %s of %s by %s", trouble, event, what, asker(request)
        )
        return
    store.set(key, 1, HOUR)
