"""Write the trail. What is shown is recorded before it is shown; what is changed, with the change."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any, Protocol

from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest

from dashboard.audit import asking
from dashboard.audit.appending import append, append_within
from dashboard.audit.events import Event, Result
from dashboard.audit.models import LONGEST_DETAIL, LONGEST_REASON, Entry
from sentry_logs.masking import mask_text

__all__ = ["Event", "NotRecorded", "Result", "note", "record", "record_change"]

_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")

logger = logging.getLogger(__name__)


class NotRecorded(Exception):
    """The trail could not be written, so what it was to say must not happen. Doors answer 503."""


class Recorded(Protocol):
    """A call, of which the trail keeps nothing but the key."""

    @property
    def pk(self) -> Any: ...


def record(
    event: Event,
    *,
    request: HttpRequest | None = None,
    call: Recorded | None = None,
    fields: Sequence[str] = (),
    reason: str = "",
    result: str = Result.DONE,
    detail: str = "",
) -> Entry:
    """Add an entry in a transaction of its own, committed when this returns.

    For what is about to be shown. Inside another transaction it raises a RuntimeError, since what is not
    committed may yet vanish; a change calls `record_change` there. Without a request it is that of the
    moment, or the system. `fields` are names, never values. Raises NotRecorded.
    """
    return _record(event, request, call, fields, reason, result, detail, durable=True)


def record_change(
    event: Event,
    *,
    request: HttpRequest | None = None,
    call: Recorded | None = None,
    fields: Sequence[str] = (),
    reason: str = "",
    result: str = Result.DONE,
    detail: str = "",
) -> Entry:
    """Add an entry within the transaction of the change that it tells of: both happen, or none.

    Call it last: nobody else can record until that transaction ends. Raises NotRecorded.
    """
    return _record(event, request, call, fields, reason, result, detail, durable=False)


def note(event: Event, **what: Any) -> Entry | None:
    """Add an entry about something that was refused anyway; that it could not be written goes to the log.

    Takes what `record` does. Inside another transaction it does nothing, since that may be broken already.
    """
    if transaction.get_connection().in_atomic_block and not _only_tests_are_around():
        logger.error("Not recorded, within a transaction: %s", event)
        return None
    try:
        return record(event, **what)
    except NotRecorded:
        logger.exception("Not recorded: %s", event)
        return None


def _record(
    event: Event,
    request: HttpRequest | None,
    call: Recorded | None,
    fields: Sequence[str],
    reason: str,
    result: str,
    detail: str,
    *,
    durable: bool,
) -> Entry:
    try:
        facts = asking.facts(request or asking.current_request())
        entry = Entry(
            event=Event(event),
            result=Result(result),
            call_id=None if call is None else call.pk,
            fields=sorted({_one_line(name, LONGEST_DETAIL) for name in fields}),
            # People type it, and it outlives the call.
            reason=_one_line(mask_text(reason), LONGEST_REASON),
            detail=_one_line(detail, LONGEST_DETAIL),
            **{name: _one_line(fact, 150) if isinstance(fact, str) else fact for name, fact in facts.items()},
        )
        if durable:
            append(entry)
        else:
            with transaction.atomic(savepoint=False):
                append_within(entry)
    except (DatabaseError, InterfaceError) as error:
        raise NotRecorded(f"The audit trail could not be written: {type(error).__name__}.") from error
    return entry


def _one_line(text: str, most: int) -> str:
    return _NOT_TEXT.sub(" ", str(text)).strip()[:most]


def _only_tests_are_around() -> bool:
    return all(
        getattr(block, "_from_testcase", False) for block in transaction.get_connection().atomic_blocks
    )
