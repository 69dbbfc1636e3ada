from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dashboard.audit.pruning import old_days, prune
from dashboard.audit.record import Event, record
from dashboard.audit.triggers import SHORTEST_RETENTION_DAYS
from dashboard.audit.verifying import verify
from sentry_logs.management.progress import ProgressBar


class Command(BaseCommand):
    help = (
        "Delete entries of the audit trail that are older than they must be kept. "
        "Without --yes they are only counted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        days = settings.AUDIT_RETENTION_DAYS
        parser.add_argument("--older-than", type=int, metavar="DAYS", default=days)
        parser.add_argument("--yes", action="store_true", help="delete them; without it they are counted")

    def handle(self, *args: Any, older_than: int, yes: bool, **options: Any) -> None:
        if not SHORTEST_RETENTION_DAYS <= older_than <= 36_500:
            raise CommandError(
                f"--older-than must be a number of days from {SHORTEST_RETENTION_DAYS} to 36,500."
            )
        before = timezone.now().date() - timedelta(days=older_than)
        days = old_days(before)
        count = sum(entries for _day, entries in days)
        found = f"{count:,} entries of the audit trail from before {before:%d %b %Y}"
        if not yes:
            self.stdout.write(f"{found}. Nothing was deleted; run it with --yes to delete them.")
            return
        if not verify(before=before).is_whole:
            raise CommandError(
                "The chain is broken in these days: run verify_audit. Nothing was deleted, for what is "
                "deleted cannot be looked into."
            )
        if days:
            record(Event.RETENTION, detail=f"{found} are deleted")
        bar, deleted = ProgressBar(sys.stderr, "entries"), 0
        for day, _entries in days:
            for batch in prune(day):
                deleted += batch
                bar(deleted, count)
        bar.end()
        self.stdout.write(f"Deleted {deleted:,} entries of the audit trail from before {before:%d %b %Y}.")
