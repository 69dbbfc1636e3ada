"""One answer out of what several sources answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from sentry_logs.answers import SOURCES, Answer, EventCounts, Source
from sentry_logs.unavailable import LogsUnavailable

Value = TypeVar("Value")
Joined = TypeVar("Joined")


def asked_for(source: str) -> tuple[str, ...]:
    """Return the sources to ask: the chosen one, or all there are."""
    return tuple(name for name in SOURCES if not source or name == source)


def answers_of(outcomes: Mapping[str, Answer[Value] | LogsUnavailable]) -> dict[str, Answer[Value]]:
    return {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, Answer)}


def join(outcomes: Mapping[str, Answer[Value] | LogsUnavailable], value: Joined) -> Answer[Joined]:
    """Return an answer about a value that these outcomes led to; it is as old as the oldest of them."""
    answers = [outcome for outcome in outcomes.values() if isinstance(outcome, Answer)]
    first = answers[0]
    datasets = tuple(dataset for answer in answers for dataset in answer.asked.datasets)
    return Answer(
        value,
        replace(first.asked, datasets=datasets),
        as_of=min(answer.as_of for answer in answers),
        stale=any(answer.stale for answer in answers),
        complete=len(answers) == len(outcomes) and all(answer.complete for answer in answers),
        refreshing=any(answer.refreshing for answer in answers),
        limit=next((answer.limit for answer in answers if answer.limit), ""),
        sources=tuple(_source(name, outcome) for name, outcome in outcomes.items()),
    )


def with_counts(answer: Answer[Value], counts: Mapping[str, int]) -> Answer[Value]:
    """Let each source that answered say how many events it has."""
    sources = tuple(
        replace(source, count=counts.get(source.dataset, 0)) if source.state == "ok" else source
        for source in answer.sources
    )
    return replace(answer, sources=sources)


def added_up(counts: Iterable[EventCounts]) -> EventCounts:
    known = list(counts)
    levels = sum((Counter(one.levels) for one in known), Counter[str]())
    first = [one.first_seen for one in known if one.first_seen]
    last = [one.last_seen for one in known if one.last_seen]
    return EventCounts(dict(levels), min(first, default=None), max(last, default=None))


def _source(name: str, outcome: Answer[Value] | LogsUnavailable) -> Source:
    if isinstance(outcome, LogsUnavailable):
        return Source(name, "failed", outcome.message, outcome.hint)
    worst = next((source for source in outcome.sources if source.state == "failed"), outcome.sources[0])
    return replace(worst, dataset=name, as_of=outcome.as_of if outcome.stale else None)
