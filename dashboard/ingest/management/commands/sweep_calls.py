from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dashboard.ingest.settle import settle_left_behind
from dashboard.ingest.sweep import close_silent_calls


class Command(BaseCommand):
    help = (
        "Close calls of which nothing was heard for hours as “no end event received”, and read the webhooks "
        "whose process was killed before it came to that. Run it every minute."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--after", type=float, metavar="HOURS", default=settings.CALL_END_TIMEOUT_HOURS, help="how long"
        )

    def handle(self, *args: Any, after: float, **options: Any) -> None:
        if not 0 < after <= 24 * 365:
            raise CommandError("--after must be a number of hours above 0 and up to a year.")
        now = timezone.now()
        settled = settle_left_behind(now, older_than=timedelta())
        closed = close_silent_calls(now, timedelta(hours=after))
        self.stdout.write(f"{closed:,} calls closed, {settled:,} deliveries read that were left behind.")
