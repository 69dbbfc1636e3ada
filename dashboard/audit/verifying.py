"""Whether the trail is as it was written: every entry there, none changed, none added by another hand."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from django.db.models import QuerySet

from dashboard.audit import triggers
from dashboard.audit.chain import known_keys, seal
from dashboard.audit.models import Chain, Entry, Seal

CHUNK = 1_000
MOST_PROBLEMS = 20


@dataclass(slots=True)
class Verified:
    """What a walk along the chain found."""

    entries: int = 0
    first: date | None = None
    last: Entry | None = None
    problems: list[str] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    """Those of the hashes asked for that an entry, or a sealed day, still has."""

    @property
    def is_whole(self) -> bool:
        return not self.problems

    def say(self, problem: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def verify(
    *,
    before: date | None = None,
    holds: Container[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Verified:
    """Walk along the chain, of all days or of those before one. What comes meanwhile is left for later."""
    end = Chain.objects.first()
    found = Verified(problems=[f"The database lacks the trigger {name}." for name in _unguarded()])
    sealed = _read_seals(found, holds)
    entries: QuerySet[Entry] = Entry.objects.order_by("day", "number")
    entries = entries.filter(day__gt=sealed.day) if sealed else entries
    entries = entries.filter(day__lt=before) if before else entries
    if end is not None:
        # A row value, so that it is a piece of the index.
        entries = entries.extra(where=["(day, number) <= (%s, %s)"], params=[end.day, end.number])
    total = entries.count()
    previous = sealed.hash if sealed else ""
    for entry in entries.iterator(chunk_size=CHUNK):
        _check(found, entry, previous)
        if entry.hash in holds:
            found.met.add(entry.hash)
        found.entries, found.last, previous = found.entries + 1, entry, entry.hash
        found.first = found.first or entry.day
        if found.entries % CHUNK == 0:
            progress(found.entries, total)
    if before is None:
        _check_end(found, end, previous)
    return found


def _unguarded() -> list[str]:
    return triggers.missing(connection)


def _read_seals(found: Verified, holds: Container[str]) -> Seal | None:
    newest = None
    for newest in Seal.objects.order_by("day"):
        if newest.hash in holds:
            found.met.add(newest.hash)
        if newest.pruned_at.date() - newest.day < timedelta(days=triggers.SHORTEST_RETENTION_DAYS):
            found.say(f"{newest.day}: its entries were deleted before their time.")
    return newest


def _check(found: Verified, entry: Entry, previous: str) -> None:
    expected = 1 if found.last is None or entry.day != found.last.day else found.last.number + 1
    if entry.number != expected:
        # What it follows is gone, so its own hash cannot be checked.
        found.say(f"{entry.day}: entries {expected:,} to {entry.number - 1:,} are missing.")
    elif not any(seal(entry, previous, key) == entry.hash for key in known_keys()):
        found.say(
            f"{entry.day}: entry {entry.number:,} is not as it was written, or not after its forerunner."
        )


def _check_end(found: Verified, end: Chain | None, last_hash: str) -> None:
    if end is None:
        if Entry.objects.exists():
            found.say("The end of the chain is missing.")
        return
    if end.hash != last_hash:
        found.say(f"{end.day}: the newest entries, up to {end.number:,}, are missing.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_entry, audit_chain "
            "WHERE (audit_entry.day, audit_entry.number) > (audit_chain.day, audit_chain.number)"
        )
        (beyond,) = cursor.fetchone()
    if beyond:
        found.say(f"{beyond:,} entries come after the end of the chain.")
