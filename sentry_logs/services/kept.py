"""Error counts kept in the database: what a check found, when it asked, and how far all checks reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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


@dataclass(frozen=True, slots=True)
class KeptMark:
    mark: ErrorMark
    as_of: datetime


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
) -> dict[str, KeptMark]:
    """Return the marks of all calls that were ever checked, from the best check of each."""
    ids = [call.correlation_id for call in calls]
    covered = {call.correlation_id for call in calls if is_covered(call.started_at, state, oldest)}
    own = {
        check.correlation_id: check
        for check in Check.objects.filter(origin=key, correlation_id__in=set(ids) - covered)
    }
    tallies: dict[str, list[Tally]] = defaultdict(list)
    found = Tally.objects.filter(check_made__origin=key, correlation_id__in=ids)
    counted = found.select_related("check_made").only(*COUNTED)
    for tally in in_environment(counted, environment):
        is_own = tally.check_made.correlation_id != EVERY_CALL
        if is_own != (tally.correlation_id in covered):
            tallies[tally.correlation_id].append(tally)
    marks = {name: KeptMark(_mark(tallies[name], own[name].limit), own[name].asked_at) for name in own}
    if state and state.asked_at:
        marks |= {name: KeptMark(_mark(tallies[name]), state.asked_at) for name in covered}
    return marks


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


def _mark(tallies: Sequence[Tally], limit: str = "") -> ErrorMark:
    levels = {
        level: total
        for level in MARK_LEVELS
        if (total := sum(tally.count for tally in tallies if tally.level == level))
    }
    if not levels:
        return ErrorMark("partly", reason=f"Searched only {limit}.") if limit else ErrorMark("clean")
    state: MarkState = "warnings" if worst_level(levels) == "warning" else "errors"
    shown = [tally for tally in tallies if (tally.level == "warning") == (state == "warnings")]
    last = max(shown, key=lambda tally: tally.last_seen)
    return ErrorMark(state, levels, last_title=last.last_title, last_seen=last.last_seen)


def _tally(check: Check, count: LevelCount) -> Tally:
    return Tally(
        check_made=check,
        correlation_id=count.correlation_id,
        environment=count.environment[:64],
        level=count.level,
        count=count.count,
        last_title=count.last_title[:500],
        first_seen=count.first_seen,
        last_seen=count.last_seen,
    )
