from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sentry_logs.answers import ALL_ENVIRONMENTS
from sentry_logs.management.progress import ProgressBar
from sentry_logs.models import ComparisonReport
from sentry_logs.periods import PERIODS
from sentry_logs.services.comparison import CannotCompare, compare
from sentry_logs.services.comparison_report import Changes, Comparison

CHOICES = ("24h", "7d", "30d", "90d")
LOST = 1
UNKNOWN = 2


class Command(BaseCommand):
    help = (
        "Ask Sentry the old and the new way about the same calls and say what each finds. "
        "Exit status: 0 when no error mark is lost by the new way, 1 when one is, 2 when nobody can tell."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        environments = (*settings.SENTRY_ENVIRONMENTS, ALL_ENVIRONMENTS)
        parser.add_argument("--environment", required=True, choices=environments)
        parser.add_argument("--period", required=True, choices=CHOICES)
        parser.add_argument("--sample", type=int, default=50, help="calls per age at most (default 50)")
        parser.add_argument("--json", action="store_true", help="write the report as JSON")

    def handle(self, *args: Any, environment: str, period: str, sample: int, **options: Any) -> None:
        now = datetime.now(UTC)
        bar = ProgressBar(sys.stderr)
        try:
            report = compare(environment, PERIODS[period], max(1, sample), now, bar)
        except CannotCompare as reason:
            raise CommandError(f"{reason.message} {reason.hint}".strip(), returncode=UNKNOWN) from None
        finally:
            bar.end()
        facts = asdict(report)
        ComparisonReport.objects.update_or_create(
            environment=environment, defaults={"period": period, "made_at": now, "report": facts}
        )
        self.stdout.write(json.dumps(facts, indent=2) if options["json"] else "\n".join(_lines(report)))
        self._judge(report)

    def _judge(self, report: Comparison) -> None:
        if report.lost.count:
            raise CommandError(
                f"Error marks lost by the new way: {report.lost.count:,}. See docs/migration.md.",
                returncode=LOST,
            )
        if report.unanswered:
            raise CommandError(
                f"{report.unanswered:,} questions had no answer, so nothing is proven. Run it again later.",
                returncode=UNKNOWN,
            )


def _lines(report: Comparison) -> Iterator[str]:
    ways = report.ways
    yield (
        f"{report.environment}, {report.start[:10]} to {report.end[:10]}, {report.calls:,} calls"
        + (f", {report.not_askable:,} with an id that cannot be asked" if report.not_askable else "")
    )
    yield ""
    yield _row("", [way.name for way in ways.values()])
    yield "calls whose logs are found, of those that have any"
    for age in report.coverage:
        shares = [_share(age.found[name], age.with_logs) for name in ways]
        yield _row(f"  {age.age} ({age.with_logs:,} of {age.calls:,})", shares)
    yield _row(
        "calls checked for errors with a definite answer",
        [_share(way.definite, report.compared) for way in ways.values()],
    )
    yield _row("calls marked with errors", [f"{way.errors:,}" for way in ways.values()])
    yield _row("requests a call page", [f"{way.cost.requests:.1f}" for way in ways.values()])
    yield _row("kilobytes a call page", [f"{way.cost.bytes / 1000:.1f}" for way in ways.values()])
    yield _row(
        "milliseconds a call page, median", [f"{way.cost.seconds * 1000:.0f}" for way in ways.values()]
    )
    yield _row("questions without an answer", [f"{way.unanswered:,}" for way in ways.values()])
    yield from _changes("error marks gained by the new way", report.gained)
    yield from _changes("error marks lost by the new way", report.lost)
    if report.late:
        yield f"error marks that the new way found on a second look: {report.late:,}"


def _changes(title: str, changes: Changes) -> Iterator[str]:
    yield ""
    yield f"{title}: {changes.count:,}"
    for example in changes.examples:
        started = f"{datetime.fromisoformat(example.started_at):%Y-%m-%d %H:%M}"
        yield f"  {started}  {example.correlation_id}  legacy: {example.old}, Discover: {example.new}"


def _row(name: str, cells: Sequence[str]) -> str:
    return f"{name:<52}" + "".join(f"{cell:>12}" for cell in cells)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"
