from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dashboard.evidence.automatic import LOOKS_BACK, pin_failing, take_waiting
from dashboard.evidence.models import Evidence
from sentry_logs.management.progress import ProgressBar


class Command(BaseCommand):
    help = (
        "Pin calls with errors in Sentry, and take every snapshot that waits. It can be broken off and "
        "repeated. Exit status: 0 when nothing waits any more."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=LOOKS_BACK.days, help="how far back failing calls are looked for"
        )
        parser.add_argument("--seconds", type=float, default=3600.0, help="how long it may take")

    def handle(self, *args: Any, days: int, seconds: float, **options: Any) -> None:
        if not 0 <= days <= 400:
            raise CommandError("--days must be a number from 0 to 400.")
        looks_back, pinned = timedelta(days=days), 0
        while some := pin_failing(timezone.now(), looks_back):
            pinned += some
        waiting = Evidence.objects.waiting().count()
        bar, taken = ProgressBar(sys.stderr, "snapshots"), 0
        try:
            for taken, _evidence in enumerate(take_waiting(seconds), start=1):
                bar(min(taken, waiting), waiting)
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again: it goes on where it was.") from None
        finally:
            bar.end()
        self.stdout.write(f"{pinned:,} calls pinned, {taken:,} snapshots taken.")
        if left := list(Evidence.objects.waiting().order_by("pinned_at")[:1]):
            reason = left[0].problem or "The time was up."
            raise CommandError(f"{Evidence.objects.waiting().count():,} snapshots still wait. {reason}")
