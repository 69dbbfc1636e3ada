from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dashboard.calls.seeding import save_calls
from sentry_logs.sandbox.scenarios import ScenarioCall, call_at

DAYS = 90
MOST = 5_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Command(BaseCommand):
    help = f"Make N believable calls over the last {DAYS} days. The same seed makes the same calls."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int, metavar="N", help="how many calls to make")
        parser.add_argument("--seed", type=int, default=1, help="another seed makes other calls (default: 1)")

    def handle(self, *args: Any, count: int, seed: int, **options: Any) -> None:
        if not 0 < count <= MOST:
            raise CommandError(f"N must be a number from 1 to {MOST:,}.")
        new = save_calls(_calls(seed, count, timezone.now()), self._progress(count))
        self.stdout.write(f"{new:,} new calls, {count - new:,} were there already.")

    def _progress(self, count: int) -> Callable[[int], None] | None:
        if not self.stdout.isatty():
            return None

        def show(read: int) -> None:
            self.stdout.write(f"\r{read:,} of {count:,} calls", ending="\n" if read >= count else "")
            self.stdout.flush()

        return show


def _calls(seed: int, count: int, now: datetime) -> Iterator[ScenarioCall]:
    """Make a call for each of the latest slots of a fixed grid, so that a later run meets the same calls."""
    step = timedelta(days=DAYS) / count
    last = (now - EPOCH) // step
    if _start(seed, last, step) > now:
        last -= 1
    for slot in range(last - count + 1, last + 1):
        yield call_at(seed, _start(seed, slot, step), slot, now)


def _start(seed: int, slot: int, step: timedelta) -> datetime:
    jitter = (slot * 7_919 + seed * 104_729) % 997 / 997
    return (EPOCH + step * (slot + jitter)).replace(microsecond=0)
