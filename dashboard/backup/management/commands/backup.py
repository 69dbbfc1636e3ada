from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dashboard.audit.record import Event, note
from dashboard.backup import configured
from dashboard.backup.copies import BackupFailed, drop_older, make
from sentry_logs.management.progress import ProgressBar


class Command(BaseCommand):
    help = "Copy the database while it runs, and prove the copy by restoring it into a scratch database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, help="where to put it (BACKUP_FOLDER)")
        parser.add_argument("--keep", type=int, help="how many to keep (BACKUP_KEEP)")

    def handle(self, **options: Any) -> None:
        folder = options["folder"] or configured.folder()
        keep = settings.BACKUP_KEEP if options["keep"] is None else options["keep"]
        if keep < 1:
            raise CommandError("Keep at least one.")
        bar = ProgressBar(sys.stderr, "pages")
        try:
            copy = make(configured.database(), folder, timezone.now(), bar)
        except (BackupFailed, OSError) as failure:
            raise CommandError(f"There is no backup: {failure}") from None
        finally:
            bar.end()
        dropped = drop_older(folder, keep)
        note(Event.BACKUP, detail=f"Copied to {copy.file.name}: {copy.rows:,} rows")
        self.stdout.write(f"{copy.file}")
        self.stdout.write(
            f"Restored into a scratch database and checked: {copy.rows:,} rows in {len(copy.counts)} tables, "
            f"{copy.counts.get('calls_call', 0):,} calls. {len(dropped)} older backups deleted."
        )
