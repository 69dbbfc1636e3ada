"""How well calls and what is in Sentry fit together, per environment and week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TypeVar

from django.conf import settings

from sentry_logs import cache
from sentry_logs.answers import ALL_ENVIRONMENTS, Answer, Asked, CallToCheck, Source, Window
from sentry_logs.backends import can_be_asked, configured_client, origin
from sentry_logs.backends.census import Census, DayCount, LogCount, SeenId
from sentry_logs.backends.logs import UNSUPPORTED, kept_for
from sentry_logs.call_links import call_links
from sentry_logs.calls_between import calls_between
from sentry_logs.services import canary, manners
from sentry_logs.services.asking import translated
from sentry_logs.services.health_report import Example, Figures, Health
from sentry_logs.unavailable import LogsUnavailable

Value = TypeVar("Value")

WEEKS = 4
WEEK = timedelta(days=7)
SAMPLE = 50
"""Calls looked at per environment and week."""

LATE = timedelta(hours=1)
EXAMPLES = 10
NO_LINES = LogCount(0, 0)
VALID = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Week:
    """What was found out about one week."""

    window: Window
    calls: dict[str, Sequence[CallToCheck]]
    found: set[str]
    seen: Sequence[SeenId]
    known: set[str]


@dataclass(frozen=True, slots=True)
class _Lines:
    """Log lines by environment, a count for each week, from a moment on; without one there are no counts."""

    sources: tuple[Source, ...] = ()
    since: datetime | None = None
    weeks: tuple[Mapping[str, LogCount], ...] = ({},) * WEEKS


def correlation_health(*, wait: float = 0.0) -> Answer[Health]:
    """Count now, or return what was counted within the last ten minutes.

    Raises LogsUnavailable, and StillAsking while somebody else counts.
    """
    logs = (settings.SENTRY_LOGS, settings.SENTRY_LOGS_RETENTION_DAYS)
    key = cache.key_for("health", origin(), tuple(settings.SENTRY_ENVIRONMENTS), logs)
    kept = cache.get_kept(f"{key}:kept")
    if isinstance(kept, Answer) and datetime.now(UTC) - kept.as_of < VALID:
        return canary.doubted(kept)

    def count() -> Answer[Health]:
        answer = _counted(datetime.now(UTC), wait)
        cache.keep({f"{key}:kept": answer})
        return answer

    longest = (4 + 4 * WEEKS) * settings.SENTRY_TIMEOUT
    held = cache.get_or_ask(key, count, wait=wait, longest=longest, in_place=True)
    return canary.doubted(held.value)


def _counted(now: datetime, wait: float) -> Answer[Health]:
    client = translated(configured_client)
    census = Census(client, settings.SENTRY_CORRELATION_TAG)
    weeks = _weeks(now)
    whole = Window(weeks[-1].start, weeks[0].end)

    tagged = _ask(lambda: census.by_day(whole, tagged=True), wait)
    untagged = _ask(lambda: census.by_day(whole, tagged=False), wait)
    found = [_week(window, census, wait) for window in weeks]
    lines = _lines(weeks, census, now, wait) if settings.SENTRY_LOGS else _Lines()
    named = (*_names(tagged), *_names(untagged), *chain(*lines.weeks))
    names = dict.fromkeys([*settings.SENTRY_ENVIRONMENTS, *named])
    parts = list(zip(found, lines.weeks, strict=True))
    figures = {
        name: tuple(_figures(name, week, tagged, untagged, some.get(name, NO_LINES)) for week, some in parts)
        for name in names
    }
    health = Health(weeks, figures, _strangers(found), _not_askable(found), lines.since)
    asked = Asked(ALL_ENVIRONMENTS, whole, (client.dataset,), "discover")
    sources = (Source(client.dataset), *lines.sources)
    complete = all(source.state != "failed" for source in sources)
    return Answer(health, asked, as_of=now, complete=complete, sources=sources)


def _lines(weeks: Sequence[Window], census: Census, now: datetime, wait: float) -> _Lines:
    """Count log lines as far back as they are kept, and say so when that fails: it hides nothing else."""
    retention = timedelta(days=settings.SENTRY_LOGS_RETENTION_DAYS)
    oldest = (now - retention).replace(microsecond=0)
    counts = []
    try:
        for week in weeks:
            count = _kept_lines(Window(max(week.start, oldest), week.end), census, wait)
            if count is None:
                return _Lines((Source("logs", "unsupported", UNSUPPORTED),))
            counts.append(count)
    except LogsUnavailable as failure:
        return _Lines((Source("logs", "failed", failure.message, failure.hint),))
    first = weeks[-1].start
    reason = kept_for(retention) if first < oldest else ""
    return _Lines((Source("logs", "ok", reason),), max(first, oldest), tuple(counts))


def _kept_lines(window: Window, census: Census, wait: float) -> Mapping[str, LogCount] | None:
    if window.start >= window.end:
        return {}
    return _ask(lambda: census.logs(window), wait)


def _weeks(now: datetime) -> tuple[Window, ...]:
    """Return the last weeks, newest first; each has seven whole days of UTC, but the newest ends now."""
    tomorrow = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    ends = [tomorrow - number * WEEK for number in range(WEEKS)]
    return tuple(Window(end - WEEK, min(end, now)) for end in ends)


def _week(window: Window, census: Census, wait: float) -> _Week:
    calls = {
        name: calls_between(name, window.start, window.end, SAMPLE) for name in settings.SENTRY_ENVIRONMENTS
    }
    ids = sorted({call.correlation_id for some in calls.values() for call in some})
    askable = [one for one in ids if can_be_asked(one)]
    around = Window(window.start - LATE, window.end + LATE)
    found = _ask(lambda: census.with_events(askable, around), wait)
    seen = _ask(lambda: census.latest_ids(window), wait)
    known = set(call_links([one.correlation_id for one in seen]))
    return _Week(window, calls, found, seen, known)


def _ask(question: Callable[[], Value], wait: float) -> Value:
    return translated(lambda: manners.politely(question, wait=wait))


def _figures(
    name: str, week: _Week, tagged: Iterable[DayCount], untagged: Iterable[DayCount], lines: LogCount
) -> Figures:
    calls = week.calls.get(name, ())
    seen = [one.correlation_id for one in week.seen if one.environment == name]
    ids = {*(call.correlation_id for call in calls), *seen}
    return Figures(
        calls=len(calls),
        calls_with_events=sum(call.correlation_id in week.found for call in calls),
        tagged=_sum(tagged, name, week.window),
        untagged=_sum(untagged, name, week.window),
        ids=len(seen),
        ids_without_call=sum(one not in week.known for one in seen),
        all_ids=len(ids),
        not_askable=sum(not can_be_asked(one) for one in ids),
        lines=lines.lines,
        untagged_lines=lines.lines - lines.tagged,
    )


def _sum(counts: Iterable[DayCount], environment: str, window: Window) -> int:
    first, last = window.start.date(), (window.start + WEEK).date()
    return sum(one.count for one in counts if one.environment == environment and first <= one.day < last)


def _names(counts: Iterable[DayCount]) -> list[str]:
    sums: Counter[str] = Counter()
    for one in counts:
        sums[one.environment] += one.count
    return [name for name, _count in sums.most_common()]


def _strangers(weeks: Iterable[_Week]) -> tuple[Example, ...]:
    found = (
        Example(one.correlation_id, one.environment)
        for week in weeks
        for one in week.seen
        if one.correlation_id not in week.known
    )
    return tuple(dict.fromkeys(found))[:EXAMPLES]


def _not_askable(weeks: Iterable[_Week]) -> tuple[Example, ...]:
    of_calls = [
        Example(call.correlation_id, name)
        for week in weeks
        for name, calls in week.calls.items()
        for call in calls
    ]
    of_events = [Example(one.correlation_id, one.environment) for week in weeks for one in week.seen]
    found = (one for one in dict.fromkeys([*of_calls, *of_events]) if not can_be_asked(one.correlation_id))
    return tuple(found)[:EXAMPLES]
