from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from dashboard.calls.vocabulary import Platform
from dashboard.ingest.models import Delivery
from dashboard.ingest.settle import replay
from sentry_logs.management.progress import ProgressBar

Verdict = Delivery.Verdict
NOT_UNDERSTOOD = [Verdict.WAITING, Verdict.UNPARSED, Verdict.UNKNOWN_TYPE]


class Command(BaseCommand):
    help = (
        "Read stored webhooks again with today's code: by default those that were not understood. "
        "It can be repeated and broken off; the calls come out the same."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verdict", action="append", choices=Verdict.values, help="may be repeated")
        parser.add_argument("--platform", choices=Platform.values)
        parser.add_argument("--environment", choices=settings.SENTRY_ENVIRONMENTS)
        parser.add_argument("--since", type=_day_or_time, help="received at or after, such as 2026-11-23")
        parser.add_argument("--id", type=int, action="append", help="one delivery; may be repeated")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come out")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        deliveries = _chosen(options)
        total, verdicts = deliveries.count(), Counter[str]()
        bar = ProgressBar(sys.stderr, "deliveries")
        try:
            for done, verdict in enumerate(replay(deliveries, dry_run=dry_run), start=1):
                verdicts[verdict] += 1
                bar(min(done, total), total)
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again: what is done stays done.") from None
        finally:
            bar.end()
        self.stdout.write(_summary(verdicts, dry_run))


def _chosen(options: dict[str, Any]) -> QuerySet[Delivery]:
    verdicts = options["verdict"] or ([] if options["id"] else NOT_UNDERSTOOD)
    conditions = {
        "verdict__in": verdicts,
        "platform": options["platform"],
        "environment": options["environment"],
        "received_at__gte": options["since"],
        "pk__in": options["id"],
    }
    return Delivery.objects.filter(**{name: value for name, value in conditions.items() if value})


def _summary(verdicts: Counter[str], dry_run: bool) -> str:
    parts = [f"{count:,} {Verdict(verdict).label.lower()}" for verdict, count in sorted(verdicts.items())]
    done = "would be read again" if dry_run else "read again"
    return f"{verdicts.total():,} deliveries {done}: {', '.join(parts)}." if parts else "No such deliveries."


def _day_or_time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
