from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from dashboard.calls.models import Call
from dashboard.erasure.erasing import Erased, calls_of, erase
from dashboard.erasure.numbers import NotANumber, Number
from sentry_logs.management.progress import ProgressBar


class Command(BaseCommand):
    help = (
        "Erase one person: the calls of a phone number, or one call, with webhooks, conversation, snapshots "
        "and marks, and the number wherever else it stands. Without --yes it is only counted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "person", metavar="NUMBER_OR_CALL", help="a phone number, or the id of a call's page"
        )
        parser.add_argument("--yes", action="store_true", help="erase; without it everything is only counted")

    def handle(self, *args: Any, person: str, yes: bool, **options: Any) -> None:
        calls, number = self._meant(person)
        bars: dict[str, ProgressBar] = {}

        def progress(kind: str, done: int, total: int) -> None:
            bars.setdefault(kind, ProgressBar(sys.stderr, kind))(done, total)

        erased = erase(calls, number, dry_run=not yes, progress=progress)
        for bar in bars.values():
            bar.end()
        self._tell(erased, yes=yes)
        if yes:
            self._prove(calls, number)

    def _meant(self, person: str) -> tuple[QuerySet[Call], Number | None]:
        try:
            return Call.objects.filter(pk=UUID(person)), None
        except ValueError:
            pass
        try:
            number = Number.read(person)
        except NotANumber as problem:
            raise CommandError(f"This is neither a call's id nor a phone number. {problem}") from problem
        return calls_of(number), number

    def _tell(self, erased: Erased, *, yes: bool) -> None:
        done = "erased" if yes else "found"
        for kind, number in erased.counts.items():
            self.stdout.write(f"{number:,} {kind} {done}")
        for held in erased.held:
            self.stdout.write(f"Call {held} is on legal hold and stays. Release the hold first.")
        if not yes:
            self.stdout.write("Nothing was erased; run it with --yes to erase.")

    def _prove(self, calls: QuerySet[Call], number: Number | None) -> None:
        """Look once more for all of it, and say what is left."""
        again = erase(calls_of(number) if number else calls.all(), number, dry_run=True)
        left = sum(again.counts.values())
        self.stdout.write(f"Looked again: {left:,} left.")
        if left:
            raise CommandError("Something came in while it was erased. Run it once more.")
