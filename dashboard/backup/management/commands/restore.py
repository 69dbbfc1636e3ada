from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from dashboard.audit.record import Event, note
from dashboard.backup import configured
from dashboard.backup.copies import BackupFailed
from dashboard.erased.listing import carry_over, listed
from dashboard.erasure.erasing import erase_again
from sentry_logs.management.progress import ProgressBar


class Command(BaseCommand):
    help = "Put a backup in the place of the database. It is checked first; then migrations are run on it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="also when there are calls, which are lost")

    def handle(self, file: Path, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        bar = ProgressBar(sys.stderr, "pages")
        try:
            database = configured.database()
            if file.suffix != database.suffix:
                raise CommandError(f"A backup of this database ends in {database.suffix}.")
            counts = database.counts_of(file)
            if not options["yes"] and not database.is_empty():
                raise CommandError("The database has calls, which would be lost. Say --yes if they may be.")
            erased = listed()
            connections.close_all()
            database.restore(file, bar)
        except (BackupFailed, OSError) as failure:
            raise CommandError(f"Nothing was restored: {failure}") from None
        finally:
            bar.end()
        call_command("migrate", verbosity=0, interactive=False)
        note(Event.BACKUP, detail=f"Restored from {file.name}: {sum(counts.values()):,} rows")
        carry_over(erased)
        again = erase_again()
        self.stdout.write(
            f"Restored {sum(counts.values()):,} rows, {counts.get('calls_call', 0):,} of them calls. "
            f"{again:,} calls had been erased since, and were erased again."
        )
