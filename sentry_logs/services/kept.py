"""Error counts kept in the database: what a check found, when it asked, and how far all checks reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from sentry_logs import cache
from sentry_logs.answers import (
    ALL_ENVIRONMENTS,
    ERROR_LEVELS,
    MARK_LEVELS,
    BackendName,
    CallToCheck,
    ErrorMark,
    LevelCount,
    MarkState,
    Window,
    worst_level,
)
from sentry_logs.backends import origin
from sentry_logs.masking import mask_text
from sentry_logs.models import Check, SyncState, Tally
from sentry_logs.periods import CALL_MARGIN_BEFORE

EVERY_CALL = ""
COUNTED = (
    "correlation_id",
    "level",
    "count",
    "last_title",
    "last_seen",
    "check_made__correlation_id",
)
CLEAN = ErrorMark("clean")


@dataclass(frozen=True, slots=True)
class KeptMark:
    """`covered` says that the question about every call renews it."""

    mark: ErrorMark
    as_of: datetime
    covered: bool


class Counted(NamedTuple):
    """A tally as it is read; `check` is the id that was asked for."""

    correlation_id: str
    level: str
    number: int
    last_title: str
    last_seen: datetime
    check: str


def origin_key(backend: BackendName) -> str:
    """Name where counts come from; another server, project or way of asking never mixes with it."""
    return cache.key_for(backend, origin())


def state_of(key: str) -> SyncState | None:
    return SyncState.objects.filter(origin=key).first()


@transaction.atomic
def store(key: str, window: Window, counts: Iterable[LevelCount], asked_at: datetime, limit: str) -> None:
    """Keep what a window had for every call, instead of what was known of that window before."""
    checks = Check.objects.filter(origin=key, correlation_id=EVERY_CALL)
    checks.filter(start__gte=window.start, start__lt=window.end).delete()
    check = Check(origin=key, start=window.start, end=window.end, asked_at=asked_at, limit=limit)
    check.save(force_insert=True)
    Tally.objects.bulk_create([_tally(check, count) for count in counts], batch_size=500)


@transaction.atomic
def store_calls(
    key: str, ids: Sequence[str], window: Window, counts: Iterable[LevelCount], asked_at: datetime, limit: str
) -> None:
    """Keep what single calls had, also that they had nothing."""
    Check.objects.filter(origin=key, correlation_id__in=ids).delete()
    made = Check.objects.bulk_create(
        Check(
            origin=key,
            correlation_id=name,
            start=window.start,
            end=window.end,
            asked_at=asked_at,
            limit=limit,
        )
        for name in ids
    )
    check_of = {check.correlation_id: check for check in made}
    of_these = (count for count in counts if count.correlation_id in check_of)
    Tally.objects.bulk_create([_tally(check_of[count.correlation_id], count) for count in of_these])


def kept_marks(
    key: str, calls: Sequence[CallToCheck], environment: str, state: SyncState | None, oldest: datetime
) -> dict[CallToCheck, KeptMark]:
    """Return the marks of all calls that were ever checked, from the best check of each."""
    covered = {call for call in calls if is_covered(call.started_at, state, oldest)}
    own = _own_checks(key, [call for call in calls if call not in covered])
    counted = _counted(key, calls, environment)
    marks: dict[CallToCheck, KeptMark] = {}
    for call in calls:
        check, asked_at = own.get(call), state.asked_at if state and call in covered else None
        counts = counted[call.correlation_id]
        if asked_at:
            mark = _mark([one for one in counts if one.check == EVERY_CALL])
            marks[call] = KeptMark(mark, asked_at, covered=True)
        elif check:
            mark = _mark([one for one in counts if one.check != EVERY_CALL], check.limit)
            marks[call] = KeptMark(mark, check.asked_at, covered=False)
    return marks


def forget_calls(correlation_ids: Sequence[str]) -> int:
    """Delete what is kept of these calls, and return how many rows that were."""
    checks = Check.objects.exclude(correlation_id=EVERY_CALL).filter(correlation_id__in=correlation_ids)
    tallies = Tally.objects.filter(correlation_id__in=correlation_ids)
    return int(tallies.delete()[0] + checks.delete()[0])


def old_marks(before: datetime) -> QuerySet[Check]:
    """Return what was kept of checks about times before this, oldest first."""
    return Check.objects.filter(end__lt=before).order_by("end")


def is_covered(started_at: datetime, state: SyncState | None, oldest: datetime) -> bool:
    """Tell whether every event of a call lies in what was asked for all calls."""
    if state is None or state.asked_at is None or state.covered_from is None:
        return False
    return state.covered_from <= max(started_at - CALL_MARGIN_BEFORE, oldest + timedelta(hours=1))


def ids_with_errors(key: str, environment: str) -> QuerySet[Tally, str]:
    """Return the ids of all calls that are known to have errors, as a subquery for other tables."""
    found = Tally.objects.filter(
        check_made__origin=key, check_made__correlation_id=EVERY_CALL, level__in=ERROR_LEVELS
    )
    return in_environment(found, environment).values_list("correlation_id", flat=True)


def in_environment(tallies: QuerySet[Tally], environment: str) -> QuerySet[Tally]:
    return tallies if environment == ALL_ENVIRONMENTS else tallies.filter(environment=environment)


def _own_checks(key: str, calls: Sequence[CallToCheck]) -> dict[CallToCheck, Check]:
    """Return the checks of single calls; one of another call of that id may begin too late for this one."""
    if not calls:
        return {}
    ids = {call.correlation_id for call in calls}
    checks = {
        check.correlation_id: check for check in Check.objects.filter(origin=key, correlation_id__in=ids)
    }
    known = ((call, checks.get(call.correlation_id)) for call in calls)
    return {call: check for call, check in known if check and check.start <= call.started_at}


def _counted(key: str, calls: Sequence[CallToCheck], environment: str) -> dict[str, list[Counted]]:
    ids = {call.correlation_id for call in calls}
    found = Tally.objects.filter(check_made__origin=key, correlation_id__in=ids)
    counted: dict[str, list[Counted]] = defaultdict(list)
    for row in in_environment(found, environment).values_list(*COUNTED):
        one = Counted(*row)
        counted[one.correlation_id].append(one)
    return counted


def _mark(counts: Sequence[Counted], limit: str = "") -> ErrorMark:
    levels = {
        level: total
        for level in (MARK_LEVELS if counts else ())
        if (total := sum(one.number for one in counts if one.level == level))
    }
    if not levels:
        return ErrorMark("partly", reason=f"Searched only {limit}.") if limit else CLEAN
    state: MarkState = "warnings" if worst_level(levels) == "warning" else "errors"
    shown = [one for one in counts if (one.level == "warning") == (state == "warnings")]
    last = max(shown, key=lambda one: one.last_seen)
    return ErrorMark(state, levels, last_title=mask_text(last.last_title), last_seen=last.last_seen)


def _tally(check: Check, count: LevelCount) -> Tally:
    return Tally(
        check_made=check,
        correlation_id=count.correlation_id,
        environment=count.environment[:64],
        level=count.level,
        count=count.count,
        last_title=mask_text(count.last_title)[:500],
        first_seen=count.first_seen,
        last_seen=count.last_seen,
    )
