"""Keep the error counts of all calls: one question a minute, for the whole installation.

Time is cut into stretches that touch each other. The newest is open: it is asked again every minute, up to
now. After two hours its first hour is closed and stays as it was found, but for two later looks for events
that arrive late. Before the oldest stretch lies what the walk back has not reached yet.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import DatabaseError

from sentry_logs import cache
from sentry_logs.answers import ALL_ENVIRONMENTS, BackendName, LevelCount, Window
from sentry_logs.backends import Found, LogsBackend
from sentry_logs.models import Check, SyncState
from sentry_logs.periods import Period
from sentry_logs.services import canary
from sentry_logs.services.asking import Question, ask
from sentry_logs.services.kept import EVERY_CALL, origin_key, store
from sentry_logs.unavailable import LogsException, StillAsking

TURN_SECONDS = 60
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONGEST_OPEN = 2 * HOUR
LATE_LOOK, LAST_LOOK = 6 * HOUR, DAY
"""How long after its end a closed stretch is asked again, for events that arrived late."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stretch:
    start: datetime
    end: datetime
    asked_at: datetime
    complete: bool


def begin(key: str) -> None:
    """Note that somebody looks at marks, so that the next look keeps them for all."""
    SyncState.objects.get_or_create(origin=key)


def refresh(backend: BackendName, state: SyncState | None, now: datetime) -> bool:
    """Ask what changed, if nobody has within the last minute and a look has begun it; tell whether it did."""
    key = origin_key(backend)
    if backend != "discover" or state is None or not _wins_turn(key):
        return False
    try:
        for window in head(stretches(key), now):
            read(backend, window, now, wait=0.0)
        if late := next(due_again(stretches(key), now), None):
            read(backend, late, now, wait=0.0)
    except StillAsking:
        return False
    except LogsException as failure:
        note_failure(key, failure, now)
    except DatabaseError as failure:
        # A page shows what is kept, also while nothing new can be.
        logger.warning("The counts of all calls were not kept: %s", type(failure).__name__)
        return False
    return True


def walk(backend: BackendName, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Ask everything that is missing back to what Sentry keeps; yield how far it reached, and the goal.

    What was asked stays, so a walk that was broken off goes on where it was. Raises LogsUnavailable.
    """
    key = origin_key(backend)
    begin(key)
    _wins_turn(key)
    goal = _hour(now) - timedelta(days=settings.SENTRY_RETENTION_DAYS)
    for window in [*head(stretches(key), now), *due_again(stretches(key), now)]:
        read(backend, window, now, wait=settings.SENTRY_TIMEOUT)
    while (reached := min(stretch.start for stretch in stretches(key))) > goal:
        yield reached, goal
        read(backend, Window(max(goal, reached - DAY), reached), now, wait=settings.SENTRY_TIMEOUT)
    # Checks of single calls, and those of another server or project, have served their time.
    Check.objects.filter(asked_at__lt=now - DAY).exclude(origin=key, correlation_id=EVERY_CALL).delete()
    yield goal, goal


def head(known: list[Stretch], now: datetime) -> Iterator[Window]:
    """Yield what has to be asked to be up to date: hours to close, at most a day each, and the open end."""
    start = _hour(now) - HOUR
    if known:
        newest = known[-1]
        start = newest.start if _is_open(newest) else newest.end
    while now - start >= LONGEST_OPEN:
        end = min(start + DAY, _hour(now) - HOUR)
        yield Window(start, end)
        start = end
    yield Window(start, now)


def due_again(known: list[Stretch], now: datetime) -> Iterator[Window]:
    """Yield what is looked at again for events that arrived late: each hour by itself, later whole days."""
    closed = [stretch for stretch in known if not _is_open(stretch)]
    for stretch in closed:
        if stretch.asked_at < stretch.end + LATE_LOOK <= now:
            yield Window(stretch.start, stretch.end)
    for _day, of_day in groupby(closed, key=lambda stretch: (stretch.end - HOUR).date()):
        hours = list(of_day)
        end = hours[-1].end
        if min(stretch.asked_at for stretch in hours) < end + LAST_LOOK <= now:
            yield Window(hours[0].start, end)


def read(backend: BackendName, window: Window, now: datetime, *, wait: float) -> None:
    """Ask for one stretch and keep the answer; one that Sentry cannot give whole is asked in halves."""
    key = origin_key(backend)
    period = Period("sync", fixed=_whole_seconds(window))

    def tallies(logs: LogsBackend, asked: Window) -> Found[tuple[LevelCount, ...]]:
        found = logs.tallies(asked)
        canary.insist(backend)
        return found

    question = Question("tallies", backend, ALL_ENVIRONMENTS, period, (now.isoformat(),))
    found = ask(question, tallies, wait=wait, in_place=True, walks=True).value
    if found.limit and window.end - window.start > HOUR:
        middle = _hour(window.start + (window.end - window.start) / 2)
        read(backend, Window(window.start, middle), now, wait=wait)
        read(backend, Window(middle, window.end), now, wait=wait)
        return
    store(key, window, found.value, now, found.limit)
    _note_success(key, now)


def stretches(key: str) -> list[Stretch]:
    """Return what was asked so far, oldest first."""
    checks = Check.objects.filter(origin=key, correlation_id=EVERY_CALL).order_by("start")
    rows = checks.values_list("start", "end", "asked_at", "limit")
    return [Stretch(start, end, asked_at, not limit) for start, end, asked_at, limit in rows]


def note_failure(key: str, failure: LogsException, now: datetime) -> None:
    SyncState.objects.filter(origin=key).update(failure=failure.message, hint=failure.hint, failed_at=now)


def _note_success(key: str, now: datetime) -> None:
    known = stretches(key)
    covered_from: datetime | None = None
    for stretch in reversed(known):
        if not stretch.complete or (covered_from is not None and stretch.end < covered_from):
            break
        covered_from = stretch.start
    state = {"covered_from": covered_from, "failure": "", "hint": "", "failed_at": None}
    if known and _is_open(known[-1]):
        state["asked_at"] = known[-1].asked_at
    SyncState.objects.filter(origin=key).update(**state)


def _wins_turn(key: str) -> bool:
    return cache.claim(_turn(key), TURN_SECONDS)


def _turn(key: str) -> str:
    return cache.key_for("sync turn", key)


def _is_open(stretch: Stretch) -> bool:
    return stretch.end >= stretch.asked_at


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _whole_seconds(window: Window) -> Window:
    """Let the open end reach past this very second: Sentry cuts an event's time to whole seconds."""
    start, end = (moment.replace(microsecond=0) for moment in (window.start, window.end))
    return Window(start, end if end == _hour(end) else end + timedelta(seconds=1))
