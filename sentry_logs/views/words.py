"""What the pages say about an answer, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sentry_logs.answers import LEVELS, Answer, EventPage, LogEvent

PAGE = 100


def levels_of(events: Iterable[LogEvent]) -> dict[str, int]:
    return dict(Counter(event.level for event in events))


def events(number: int) -> str:
    return f"{number:,} event" if number == 1 else f"{number:,} events"


def listed(words: Sequence[str], joint: str = "and") -> str:
    """Join words as a sentence does: "fatal, error and warning"."""
    return f"{', '.join(words[:-1])} {joint} {words[-1]}" if len(words) > 1 else "".join(words)


def per_level(counts: Mapping[str, int]) -> str:
    """Write "2 error, 3 info", worst level first."""
    known = [level for level in LEVELS if counts.get(level)]
    others = sorted(level for level in counts if level not in LEVELS and counts[level])
    return ", ".join(f"{counts[level]:,} {level or 'without a level'}" for level in (*known, *others))


def summary(answer: Answer[EventPage], total: int | None = None, *, later: bool = False) -> str:
    """Say how many events there are and whether the list has them all; `later` is a page after the first."""
    page = answer.value
    if not page.events and not total:
        return "No events"
    if total is None and later:
        return f"{events(len(page.events))} on this page, newest first"
    if total is None:
        how_many = f"More than {PAGE} events" if page.has_more else events(len(page.events))
    else:
        how_many = events(total)
    if page.has_more or later:
        return f"{how_many}, newest first, {PAGE} at a time"
    return f"{how_many}, newest first, {'complete' if answer.complete else 'not complete'}"
