"""The error marks of the calls on a page: one question for those not checked within the last minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from sentry_logs import cache
from sentry_logs.answers import Answer, Asked, BackendName, CallToCheck, ErrorMark, Source, Window
from sentry_logs.backends import Found, LogsBackend, can_be_asked, origin
from sentry_logs.periods import CALL_MARGIN_BEFORE, Period
from sentry_logs.services.asking import Question, ask, with_failure, with_value
from sentry_logs.unavailable import LogsUnavailable, QuestionRefused, StillAsking

NOT_ASKABLE = "This call's id cannot be asked for safely."


@dataclass(frozen=True, slots=True)
class KeptMark:
    mark: ErrorMark
    as_of: datetime


def error_marks(
    calls: Sequence[CallToCheck], *, backend: BackendName, environment: str, wait: float = 0.0
) -> Answer[dict[str, ErrorMark]]:
    """Return a mark for every call. Never raises: what is not known is said by the mark itself."""
    now = datetime.now(UTC)
    marks, to_check = _without_asking(calls, now)
    keys = {call.correlation_id: _key(call.correlation_id, backend, environment) for call in to_check}
    kept: dict[str, KeptMark] = cache.get_fresh(keys)
    missing = [call for call in to_check if call.correlation_id not in kept]
    answer = _nothing_asked(calls, backend, environment, now)
    if missing:
        answer, found = _check(missing, keys, backend, environment, now, wait)
        kept |= found
    marks |= {name: one.mark for name, one in kept.items()}
    running = {call.correlation_id for call in calls if call.ended_at is None}
    marks = {name: _while_running(mark) if name in running else mark for name, mark in marks.items()}
    as_of = min((one.as_of for one in kept.values()), default=answer.as_of)
    return replace(answer, value=marks, as_of=as_of)


def _check(
    calls: Sequence[CallToCheck],
    keys: Mapping[str, str],
    backend: BackendName,
    environment: str,
    now: datetime,
    wait: float,
) -> tuple[Answer[dict[str, ErrorMark]], dict[str, KeptMark]]:
    """Ask for all calls in one question, and fall back to older marks where there is no answer."""
    ids = tuple(sorted({call.correlation_id for call in calls}))
    start = min(call.started_at for call in calls) - CALL_MARGIN_BEFORE
    question = Question("marks", backend, environment, Period("marks", length=now - start), (ids,))

    def read(logs: LogsBackend, window: Window) -> Found[dict[str, ErrorMark]]:
        found = logs.marks(ids, environment, window)
        silent = (
            ErrorMark("partly", reason=f"Searched only {found.limit}.") if found.limit else ErrorMark("clean")
        )
        marks = {name: found.value.get(name, silent) for name in ids}
        cache.keep({keys[name]: KeptMark(mark, now) for name, mark in marks.items()})
        return Found(marks, limit=found.limit)

    nothing = _nothing_asked(calls, backend, environment, now)
    asked_for = {name: keys[name] for name in ids}
    try:
        answer = ask(question, read, wait=wait)
    except StillAsking:
        older = cache.get_kept(asked_for)
        return replace(nothing, complete=False), _filled(older, ids, ErrorMark("checking"), now)
    except (LogsUnavailable, QuestionRefused) as failure:
        older = cache.get_kept(asked_for)
        failed = _filled(older, ids, ErrorMark("failed", reason=failure.message), now)
        reported = failure if isinstance(failure, LogsUnavailable) else LogsUnavailable(failure.message)
        return with_failure(replace(nothing, complete=False), reported), failed
    found = {name: KeptMark(mark, answer.as_of) for name, mark in answer.value.value.items()}
    return with_value(answer, {}), found


def _without_asking(
    calls: Sequence[CallToCheck], now: datetime
) -> tuple[dict[str, ErrorMark], list[CallToCheck]]:
    """Set apart the calls that Sentry need not or cannot be asked about."""
    oldest = now - timedelta(days=settings.SENTRY_RETENTION_DAYS)
    marks: dict[str, ErrorMark] = {}
    to_check = []
    for call in calls:
        if not can_be_asked(call.correlation_id):
            marks[call.correlation_id] = ErrorMark("failed", reason=NOT_ASKABLE)
        elif (call.ended_at or call.started_at) < oldest:
            marks[call.correlation_id] = ErrorMark("expired")
        else:
            to_check.append(call)
    return marks, to_check


def _filled(
    older: Mapping[str, Any], ids: Sequence[str], otherwise: ErrorMark, now: datetime
) -> dict[str, KeptMark]:
    return {name: older.get(name) or KeptMark(otherwise, now) for name in ids}


def _while_running(mark: ErrorMark) -> ErrorMark:
    """A call that goes on is not clean yet."""
    return ErrorMark("not_yet") if mark.state == "clean" else mark


def _nothing_asked(
    calls: Sequence[CallToCheck], backend: BackendName, environment: str, now: datetime
) -> Answer[dict[str, ErrorMark]]:
    start = min((call.started_at for call in calls), default=now)
    asked = Asked(environment, Window(start, now), ("errors",), backend)
    return Answer({}, asked, as_of=now, sources=(Source("errors"),))


def _key(correlation_id: str, backend: BackendName, environment: str) -> str:
    return cache.key_for("mark", backend, environment, origin(), correlation_id)
