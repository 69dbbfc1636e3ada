from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from dashboard.audit.record import Event, record
from dashboard.ingest.pruning import prune
from sentry_logs.management.progress import ProgressBar


class PruneCommand(BaseCommand):
    """Count what is too old; delete it when told to."""

    what: str
    default_days: int

    def old(self, before: datetime) -> Sequence[QuerySet[Any]]:
        raise NotImplementedError

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than", type=int, metavar="DAYS", default=self.default_days)
        parser.add_argument("--yes", action="store_true", help="delete them; without it they are counted")

    def handle(self, *args: Any, older_than: int, yes: bool, **options: Any) -> None:
        if not 1 <= older_than <= 36_500:
            raise CommandError("--older-than must be a number of days from 1 to 36,500.")
        before = timezone.now() - timedelta(days=older_than)
        rows = self.old(before)
        count = sum(some.count() for some in rows)
        found = f"{count:,} {self.what} from before {before:%d %b %Y, %H:%M} UTC"
        if not yes:
            self.stdout.write(f"{found}. Nothing was deleted; run it with --yes to delete them.")
            return
        if count:
            record(Event.RETENTION, detail=f"{found} are deleted")
        bar, deleted = ProgressBar(sys.stderr, self.what), 0
        for some in rows:
            for batch in prune(some):
                deleted += batch
                bar(min(deleted, count), count)
        bar.end()
        self.stdout.write(f"Deleted {deleted:,} {self.what} from before {before:%d %b %Y, %H:%M} UTC.")
