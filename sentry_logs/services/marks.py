"""The error marks of the calls on a page: from the database, after one question for what is too old there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError

from sentry_logs.answers import (
    ALL_ENVIRONMENTS,
    Answer,
    Asked,
    BackendName,
    CallToCheck,
    ErrorMark,
    Source,
    Window,
)
from sentry_logs.backends import Found, LogsBackend, can_be_asked
from sentry_logs.periods import CALL_MARGIN_BEFORE, Period
from sentry_logs.services import canary, sync
from sentry_logs.services.asking import Question, ask, with_failure, with_value
from sentry_logs.services.kept import KeptMark, kept_marks, origin_key, state_of, store_calls
from sentry_logs.unavailable import LogsUnavailable, QuestionRefused, StillAsking

FRESH = timedelta(seconds=60)
NOT_KEPT = "The database takes no changes, so what Sentry said could not be kept."
NOT_ASKABLE = "This call's id cannot be asked for safely."

logger = logging.getLogger(__name__)

Marks = Answer[tuple[ErrorMark, ...]]


def error_marks(
    calls: Sequence[CallToCheck], *, backend: BackendName, environment: str, wait: float = 0.0
) -> Marks:
    """Return the marks of the calls, in their order. Never raises: a mark itself says what is not known."""
    now = datetime.now(UTC)
    key, oldest = origin_key(backend), now - timedelta(days=settings.SENTRY_RETENTION_DAYS)
    marks, to_check = _without_asking(calls, oldest)
    state = state_of(key)
    kept = kept_marks(key, to_check, environment, state, oldest)
    # A page with calls that nobody has checked asks for these; any other one keeps the marks of all calls.
    if _is_old(to_check, kept, now) and sync.refresh(backend, state, now):
        state = state_of(key)
        kept = kept_marks(key, to_check, environment, state, oldest)
    due = [call for call in to_check if _is_due(kept.get(call), now)]
    answer = _nothing_asked(calls, backend, environment, now)
    if due:
        answer = _check(due, key, backend, environment, now, wait)
        kept |= kept_marks(key, due, environment, state, oldest)
    elif state and state.failure and to_check:
        answer = with_failure(answer, LogsUnavailable(state.failure, state.hint))
    marks |= {call: _said(call, kept.get(call), answer) for call in to_check}
    as_of = min((one.as_of for one in kept.values()), default=answer.as_of)
    if state is None:
        with suppress(DatabaseError):
            sync.begin(key)
    said = canary.never_clean([marks[call] for call in calls], backend)
    return replace(canary.doubted(answer), value=said, as_of=as_of)


def _is_old(calls: Sequence[CallToCheck], kept: dict[CallToCheck, KeptMark], now: datetime) -> bool:
    """Tell whether all calls were checked at some time, but not all within the last minute."""
    return len(kept) == len(set(calls)) and any(one.as_of < now - FRESH for one in kept.values())


def _is_due(known: KeptMark | None, now: datetime) -> bool:
    """A call that every minute's question covers is never asked for on its own."""
    return known is None or (not known.covered and known.as_of < now - FRESH)


def _check(
    calls: Sequence[CallToCheck],
    key: str,
    backend: BackendName,
    environment: str,
    now: datetime,
    wait: float,
) -> Marks:
    """Ask for these calls in one question and keep the answer; without one, say why."""
    ids = tuple(sorted({call.correlation_id for call in calls}))
    start = min(call.started_at for call in calls) - CALL_MARGIN_BEFORE
    period = Period("marks", length=now - start)
    question = Question("marks", backend, ALL_ENVIRONMENTS, period, (ids, start))

    def read(logs: LogsBackend, window: Window) -> Found[None]:
        found = logs.tallies(window, ids)
        canary.insist(backend)
        store_calls(key, ids, window, found.value, now, found.limit)
        return Found(None, limit=found.limit)

    nothing = replace(_nothing_asked(calls, backend, environment, now), complete=False)
    try:
        answer = ask(question, read, wait=wait, in_place=True)
    except StillAsking:
        return nothing
    except DatabaseError as failure:
        logger.warning("What Sentry said was not kept: %s", type(failure).__name__)
        return with_failure(nothing, LogsUnavailable(NOT_KEPT))
    except (LogsUnavailable, QuestionRefused) as failure:
        reported = failure if isinstance(failure, LogsUnavailable) else LogsUnavailable(failure.message)
        return with_failure(nothing, reported)
    return replace(with_value(answer, nothing.value), asked=replace(answer.asked, environment=environment))


def _said(call: CallToCheck, known: KeptMark | None, answer: Marks) -> ErrorMark:
    if known is None:
        failed = next((source for source in answer.sources if source.state == "failed"), None)
        return ErrorMark("failed", reason=failed.reason) if failed else ErrorMark("checking")
    if call.ended_at is None and known.mark.state == "clean":
        return ErrorMark("not_yet")
    return known.mark


def _without_asking(
    calls: Sequence[CallToCheck], oldest: datetime
) -> tuple[dict[CallToCheck, ErrorMark], list[CallToCheck]]:
    """Set apart the calls that Sentry need not or cannot be asked about."""
    marks: dict[CallToCheck, ErrorMark] = {}
    to_check = []
    for call in calls:
        if not can_be_asked(call.correlation_id):
            marks[call] = ErrorMark("failed", reason=NOT_ASKABLE)
        elif (call.ended_at or call.started_at) < oldest:
            marks[call] = ErrorMark("expired")
        else:
            to_check.append(call)
    return marks, to_check


def _nothing_asked(
    calls: Sequence[CallToCheck], backend: BackendName, environment: str, now: datetime
) -> Marks:
    start = min((call.started_at for call in calls), default=now)
    asked = Asked(environment, Window(start, now), ("errors",), backend)
    return Answer((), asked, as_of=now, sources=(Source("errors"),))
