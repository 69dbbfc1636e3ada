from __future__ import annotations

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dashboard.audit.record import Event, record
from dashboard.retention.kinds import KINDS, Kind, kinds
from sentry_logs.management.progress import ProgressBar


class Command(BaseCommand):
    help = (
        "Delete what is older than its kind is kept for, by the settings that end in RETENTION_DAYS. "
        "Without --yes it is only counted. The audit trail has a command of its own, prune_audit."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        names = ", ".join(kind.name for kind in KINDS)
        parser.add_argument("--only", action="append", default=[], metavar="KIND", help=f"one of: {names}")
        parser.add_argument(
            "--minutes", type=float, default=60.0, help="stop after so long; the next run goes on"
        )
        parser.add_argument("--yes", action="store_true", help="delete; without it all is only counted")

    def handle(self, *args: Any, only: list[str], minutes: float, yes: bool, **options: Any) -> None:
        unknown = set(only) - {kind.name for kind in KINDS}
        if unknown:
            raise CommandError(f"There is no kind “{min(unknown)}”; see --help.")
        if not 0 < minutes <= 1_440:
            raise CommandError("--minutes must be more than 0 and at most 1,440.")
        self.ends_at = time.monotonic() + minutes * 60
        self.now = timezone.now()
        chosen = kinds(only)
        found = [(kind, kind.rows(self.now).count()) for kind in chosen]
        told = [f"{count:,} {kind.name} ({_age(kind)})" for kind, count in found]
        if not yes:
            for line in told:
                self.stdout.write(line)
            self.stdout.write("Nothing was deleted; run it with --yes to delete them.")
            return
        if any(count for _kind, count in found):
            record(Event.RETENTION, detail=f"To be deleted: {'; '.join(told)}")
        for kind, count in found:
            self.stdout.write(f"Deleted {self._prune(kind, count):,} {kind.name} ({_age(kind)}).")
        if not self._is_time_left():
            self.stdout.write("The time was over before all was deleted; the next run goes on.")

    def _prune(self, kind: Kind, count: int) -> int:
        bar, deleted = ProgressBar(sys.stderr, kind.name), 0
        for batch in kind.prune(self.now, self._is_time_left):
            deleted += batch
            bar(min(deleted, count), count)
        bar.end()
        return deleted

    def _is_time_left(self) -> bool:
        return time.monotonic() < self.ends_at


def _age(kind: Kind) -> str:
    return f"older than {kind.days} days" if kind.setting else "over"
