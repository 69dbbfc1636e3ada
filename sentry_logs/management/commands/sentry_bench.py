from __future__ import annotations

import random
import statistics
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand

from sentry_logs import services
from sentry_logs.answers import ERROR_LEVELS, BackendName, CallToCheck
from sentry_logs.management.pointing import point_at
from sentry_logs.periods import WIDEST
from sentry_logs.sandbox import Sandbox, start_sandbox
from sentry_logs.sandbox.scenarios import ScenarioCall, bulk_events, spread

SEED = 11
PAGE = 50
AGES = {
    "last hour": timedelta(hours=1),
    "last 24 hours": timedelta(hours=24),
    "1 to 7 days": timedelta(days=7),
    "7 to 30 days": timedelta(days=30),
    "30 to 90 days": timedelta(days=90),
}
NAMES: dict[BackendName, str] = {"project_events": "legacy", "discover": "Discover"}


@dataclass(slots=True)
class Result:
    """What one way of asking achieved: shares are of 1, times in seconds."""

    found: dict[str, float] = field(default_factory=dict)
    precision: float = 0.0
    recall: float = 0.0
    requests: float = 0.0
    kilobytes: float = 0.0
    seconds: float = 0.0


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
            for backend in NAMES:
                self._say(f"Asking the {NAMES[backend]} way")
                results[backend] = measure(backend, sandbox, known, truth, now, sample)
        self.stdout.write("\n".join(_table(results, len(sandbox.store), len(known))))

    def _say(self, words: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"{words} …")


def measure(
    backend: BackendName,
    sandbox: Sandbox,
    calls: Sequence[ScenarioCall],
    truth: dict[str, bool],
    now: datetime,
    sample: int,
) -> Result:
    """Open call pages of every age and table pages over all ages, each with a cold cache."""
    result = Result()
    costs: list[tuple[int, int, float]] = []
    for age, group in _by_age(calls, now).items():
        chosen = random.Random(SEED).sample(group, min(sample, len(group)))
        opened = [_open_call(backend, call.correlation_id, sandbox) for call in chosen]
        costs += [cost for _found, cost in opened]
        result.found[age] = statistics.mean(found for found, _cost in opened) if opened else 0.0
    requests, sizes, times = zip(*costs, strict=True)
    result.requests, result.seconds = statistics.mean(requests), statistics.median(times)
    result.kilobytes = statistics.mean(sizes) / 1000
    result.precision, result.recall = _marks(backend, calls, truth, sample)
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


def _open_call(backend: BackendName, name: str, sandbox: Sandbox) -> tuple[bool, tuple[int, int, float]]:
    cache.clear()
    sandbox.clear_requests()
    began = time.perf_counter()
    answer = services.events_for_call(name, backend=backend, environment="all", period=WIDEST)
    seconds = time.perf_counter() - began
    requests = sandbox.requests
    return bool(answer.value.events), (len(requests), sum(request.sent for request in requests), seconds)


def _marks(
    backend: BackendName, calls: Sequence[ScenarioCall], truth: dict[str, bool], pages: int
) -> tuple[float, float]:
    """Return precision and recall of the error marks over table pages spread over all ages."""
    cache.clear()
    newest_first = sorted(calls, key=lambda call: call.started_at, reverse=True)
    starts = range(0, len(newest_first) - PAGE, max(PAGE, len(newest_first) // pages))
    hits = said = real = 0
    for start in starts:
        page = newest_first[start : start + PAGE]
        checks = [CallToCheck(call.correlation_id, call.started_at, call.ended_at) for call in page]
        marks = services.error_marks(checks, backend=backend, environment="all").value
        marked = {name for name, mark in marks.items() if mark.state == "errors"}
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
    yield _row("requests a call page", [f"{way.requests:.1f}" for way in ways])
    yield _row("kilobytes a call page", [f"{way.kilobytes:.1f}" for way in ways])
    first, *others = (way.seconds for way in ways)
    ratios = ["1.00", *(f"{seconds / first:.2f}" for seconds in others)]
    yield _row("time a call page, median, as a ratio", ratios)


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"
