"""What the pages say about an answer, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sentry_logs.answers import LEVELS, Answer, EventPage, LogEvent, Source

PAGE = 100
NO_BREAK = "\N{NO-BREAK SPACE}"
Value = TypeVar("Value")


def levels_of(events: Iterable[LogEvent]) -> dict[str, int]:
    return dict(Counter(event.level for event in events))


def events(number: int) -> str:
    return f"{number:,} event" if number == 1 else f"{number:,} events"


def share(part: int, whole: int) -> str:
    """Write "29 %", and a digit more where a few of many would look like none or all."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 1 or 99 < percent < 100:
        return f"{min(max(percent, 0.1), 99.9):.1f}{NO_BREAK}%"
    return f"{percent:.0f}{NO_BREAK}%"


def listed(words: Sequence[str], joint: str = "and") -> str:
    """Join words as a sentence does: "fatal, error and warning"."""
    return f"{', '.join(words[:-1])} {joint} {words[-1]}" if len(words) > 1 else "".join(words)


def sources_of(answer: Answer[Value]) -> str:
    """Write "Errors 5 · Logs 12", and why a source has no number; nothing when only one was asked."""
    if len(answer.sources) < 2 and all(
        source.state == "ok" and not source.reason for source in answer.sources
    ):
        return ""
    return " · ".join(words for source in answer.sources for words in _about(source))


def _about(source: Source) -> Iterator[str]:
    name, reason = source.dataset.capitalize(), source.reason.removesuffix(".")
    if source.state == "unsupported":
        yield f"{name}: {reason[:1].lower()}{reason[1:]}"
    elif source.state == "failed":
        yield f"{name}: not checked" if source.as_of is None else f"{name}: an older answer"
    else:
        if source.state == "ok" and source.count is not None:
            yield f"{name} {source.count:,}"
        if reason:
            yield reason


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
