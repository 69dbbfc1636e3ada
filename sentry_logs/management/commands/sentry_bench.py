from __future__ import annotations

import random
import statistics
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from sentry_logs.answers import ALL_ENVIRONMENTS, ERROR_LEVELS, BackendName, CallToCheck
from sentry_logs.backends import WAYS
from sentry_logs.management.pointing import point_at
from sentry_logs.periods import WIDEST
from sentry_logs.sandbox import Sandbox, start_sandbox
from sentry_logs.sandbox.scenarios import ScenarioCall, bulk_events, spread
from sentry_logs.services.comparison import TABLE_PAGE
from sentry_logs.services.comparison_report import AGES, NAMES, Cost
from sentry_logs.services.measuring import Measured, Way

SEED = 11


@dataclass(slots=True)
class Result:
    """What one way of asking achieved: shares are of 1."""

    found: dict[str, float] = field(default_factory=dict)
    precision: float = 0.0
    recall: float = 0.0
    cost: Cost = field(default_factory=Cost)


class Command(BaseCommand):
    help = "Compare the old and the new way of asking, on the same events in a sandbox."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--events", type=int, default=100_000)
        parser.add_argument("--calls", type=int, default=10_000)
        parser.add_argument("--sample", type=int, default=30, help="calls per age, and pages of 50 calls")

    def handle(self, *args: Any, events: int, calls: int, sample: int, **options: Any) -> None:
        now = datetime.now(UTC)
        self._say(f"Making {events:,} events of {calls:,} calls")
        with start_sandbox() as sandbox:
            point_at(sandbox, settings)
            truth = _fill(sandbox, now, calls, events)
            known = [call for call in spread(SEED, now, calls) if call.correlation_id in truth]
            results = {}
            for name in (name for name in NAMES if name in WAYS):
                self._say(f"Asking the {NAMES[name]} way")
                way = Way(name, ALL_ENVIRONMENTS, WIDEST.window(now))
                results[name] = measure(way, known, truth, now, sample)
        self.stdout.write("\n".join(_table(results, len(sandbox.store), len(known))))

    def _say(self, words: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"{words} …")


def measure(
    way: Way, calls: Sequence[ScenarioCall], truth: dict[str, bool], now: datetime, sample: int
) -> Result:
    """Open call pages of every age and table pages over all ages, each with a cold cache."""
    result = Result()
    spent: list[Measured[int]] = []
    for age, group in _by_age(calls, now).items():
        chosen = random.Random(SEED).sample(group, min(sample, len(group)))
        opened = [way.events(call.correlation_id) for call in chosen]
        spent += opened
        result.found[age] = statistics.mean(one.value > 0 for one in opened) if opened else 0.0
    result.cost = Cost.of(spent)
    result.precision, result.recall = _marks(way, calls, truth, sample)
    return result


def _fill(sandbox: Sandbox, now: datetime, calls: int, events: int) -> dict[str, bool]:
    """Fill the sandbox, and return for each id that has events whether one of them is an error."""
    truth: dict[str, bool] = {}

    def noted() -> Iterator[tuple[dict[str, Any], int]]:
        for event in bulk_events(SEED, now, calls, events):
            name = event["tags"].get("correlation_id", "")
            truth[name] = truth.get(name, False) or event["level"] in ERROR_LEVELS
            yield event, sandbox.project_id

    sandbox.store.add_many(noted())
    return truth


def _by_age(calls: Sequence[ScenarioCall], now: datetime) -> dict[str, list[ScenarioCall]]:
    groups: dict[str, list[ScenarioCall]] = {age: [] for age in AGES}
    for call in calls:
        groups[next(age for age, limit in AGES.items() if now - call.started_at <= limit)].append(call)
    return groups


def _marks(
    way: Way, calls: Sequence[ScenarioCall], truth: dict[str, bool], pages: int
) -> tuple[float, float]:
    """Return precision and recall of the error marks over table pages spread over all ages."""
    newest_first = sorted(calls, key=lambda call: call.started_at, reverse=True)
    starts = range(0, len(newest_first) - TABLE_PAGE, max(TABLE_PAGE, len(newest_first) // pages))
    hits = said = real = 0
    for start in starts:
        page = newest_first[start : start + TABLE_PAGE]
        checks = [CallToCheck(call.correlation_id, call.started_at, call.ended_at) for call in page]
        marked = {name for name, mark in way.marks(checks).value.items() if mark.state == "errors"}
        failed = {call.correlation_id for call in page if truth[call.correlation_id]}
        hits, said, real = hits + len(marked & failed), said + len(marked), real + len(failed)
    return hits / said if said else 1.0, hits / real if real else 1.0


def _table(results: dict[BackendName, Result], events: int, calls: int) -> Iterator[str]:
    ways = list(results.values())
    yield f"{events:,} events of {calls:,} calls over 90 days; every question with a cold cache.\n"
    yield "| | " + " | ".join(NAMES[name] for name in results) + " |"
    yield "|---|" + "---:|" * len(ways)
    for age in AGES:
        yield _row(f"calls whose logs are found, {age}", [f"{way.found[age]:.0%}" for way in ways])
    yield _row("error marks: precision", [f"{way.precision:.3f}" for way in ways])
    yield _row("error marks: recall", [f"{way.recall:.3f}" for way in ways])
    yield _row("requests a call page", [f"{way.cost.requests:.1f}" for way in ways])
    yield _row("kilobytes a call page", [f"{way.cost.bytes / 1000:.1f}" for way in ways])
    first, *others = (way.cost.seconds for way in ways)
    ratios = ["1.00", *(f"{seconds / first:.2f}" for seconds in others)]
    yield _row("time a call page, median, as a ratio", ratios)


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"
