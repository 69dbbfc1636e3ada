from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.audit.verifying import MOST_PROBLEMS, Verified, verify
from sentry_logs.management.progress import ProgressBar


class Command(BaseCommand):
    help = (
        "Check that no entry of the audit trail was changed, deleted or slipped in. Ends with 1 if one was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--holds",
            metavar="HASH",
            action="append",
            default=[],
            help="a hash that an earlier run printed; its entry must still be there",
        )

    def handle(self, *args: Any, holds: list[str], **options: Any) -> None:
        bar = ProgressBar(sys.stderr, "entries")
        found = verify(holds=holds, progress=bar)
        bar.end()
        for hash in holds:
            if hash not in found.met:
                found.say(f"No entry has the hash {hash}.")
        if not found.is_whole:
            raise CommandError("\n".join([*found.problems, _summary(found)]))
        self.stdout.write(_summary(found))
        if found.last:
            self.stdout.write(f"The last has the hash {found.last.hash}")


def _summary(found: Verified) -> str:
    if found.last is None:
        walked = "There are no entries."
    else:
        days = f"{found.first:%d %b %Y} to {found.last.day:%d %b %Y}"
        walked = f"Walked {found.entries:,} entries, {days}."
    if found.is_whole:
        return f"{walked} The chain is whole."
    more = " or more" if len(found.problems) >= MOST_PROBLEMS else ""
    return f"{walked} The chain is broken: {len(found.problems)}{more} problems."
