from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from sentry_logs.services import sync
from sentry_logs.unavailable import LogsException

WIDTH = 40


class Command(BaseCommand):
    help = (
        "Keep the error marks of all calls in the database. The first run walks back as far as Sentry keeps "
        "events and can be broken off and repeated; later runs, for example every minute, are one question."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = datetime.now(UTC)
        try:
            for reached, goal in sync.walk("discover", now):
                self._show(now, reached, goal)
        except LogsException as failure:
            raise CommandError(f"{failure.message} Run it again later: it goes on where it was.") from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again: it goes on where it was.") from None
        self.stdout.write("The error marks are up to date.")
        if settings.AFTER_SYNC:
            import_string(settings.AFTER_SYNC)()

    def _show(self, now: datetime, reached: datetime, goal: datetime) -> None:
        if not self.stdout.isatty():
            return
        share = (now - reached) / (now - goal)
        bar = "█" * round(share * WIDTH)
        self.stdout.write(f"\r{bar:<{WIDTH}} {share:4.0%} back to {reached:%d %b %Y}", ending="")
        self.stdout.write("\n" if reached <= goal else "", ending="")
        self.stdout.flush()
