from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.utils import timezone

from dashboard.calls.vocabulary import Platform
from dashboard.ingest.call_files import NotUsable, format_of, read_calls
from dashboard.ingest.importing import Batch, Defaults, Refused, import_calls, is_there
from dashboard.ingest.place import Place, PlaceFile
from dashboard.ingest.refused_file import RefusedFile
from sentry_logs.management.progress import ProgressBar

SOME_REFUSED, NOT_USABLE, STOPPED = 1, 2, 130
MOST_SHOWN = 20
STDIN = "-"
NO_PLACE = "Should the import break off, it begins anew."
GO_ON = "Run the same command again to go on."


class Command(BaseCommand):
    help = (
        "Put the calls of a CSV or JSON Lines file into the database. Calls that are known are updated, so a "
        "file can be imported twice. An import that broke off goes on where it was. "
        "Exit status: 0 when every line was taken, 1 when some were refused, 2 when the file is not usable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the file, or - for standard input")
        parser.add_argument(
            "--environment", choices=settings.SENTRY_ENVIRONMENTS, help="of calls that do not say theirs"
        )
        parser.add_argument("--platform", choices=Platform.values, help="of calls that do not say theirs")
        parser.add_argument("--format", choices=["csv", "jsonl"], help="what the file is, if not by its name")
        parser.add_argument(
            "--refused", type=Path, metavar="FILE", help="write all refused lines there, as CSV"
        )
        parser.add_argument("--again", action="store_true", help="begin anew instead of going on")
        parser.add_argument("--dry-run", action="store_true", help="check the file and change nothing")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        self.shown = 0
        try:
            with _opened(file) as stream:
                place = self._import(stream, file, options)
        except NotUsable as reason:
            raise CommandError(str(reason), returncode=NOT_USABLE) from None
        except (Error, OSError) as error:
            raise CommandError(f"The import broke off. {error}. {GO_ON}", returncode=NOT_USABLE) from error
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. {GO_ON}", returncode=STOPPED) from None
        self._sum_up(place, options["dry_run"])

    def _import(self, stream: BufferedReader, file: str, options: dict[str, Any]) -> Place:
        kind = options["format"] or format_of(file, stream.peek(64))
        way = " ".join(str(options[name]) for name in ("format", "environment", "platform", "refused"))
        if options["refused"] and Path(file).resolve() == options["refused"].resolve():
            raise NotUsable("The refused lines need another file.")
        is_file = file != STDIN and stream.seekable()
        kept = PlaceFile(Path(file), stream, way) if is_file and not options["dry_run"] else None
        place = self._begin(kept, options["again"])
        told = read_calls(stream, kind, place.end, place.line, self._say)
        facts = os.fstat(stream.fileno()) if is_file else None
        defaults = Defaults(options["environment"] or "", options["platform"] or "", _written_at(facts))
        total = facts.st_size if facts else 0
        bar = ProgressBar(sys.stderr, "bytes")
        refused = RefusedFile(options["refused"], place.refused_end) if options["refused"] else None
        with refused or nullcontext():
            for batch in import_calls(told, defaults, place, options["dry_run"]):
                place = self._keep(batch, refused, kept)
                bar.end()
                self._show(batch.refused)
                if total:
                    bar(min(place.end, total), total)
            bar.end()
        if kept:
            kept.forget()
        return place

    def _begin(self, kept: PlaceFile | None, again: bool) -> Place:
        """Return where to go on, if what was imported before is still there."""
        place = kept.read() if kept and not again else None
        if place is None or (place.last and not is_there(place.last)):
            return Place()
        self._say(f"Going on behind line {place.line:,}. Use --again to begin anew.")
        return place

    def _keep(self, batch: Batch, refused: RefusedFile | None, kept: PlaceFile | None) -> Place:
        """Remember how far it is; only now, since the batch is committed."""
        place = batch.place
        if refused:
            place = replace(place, refused_end=refused.write(batch.refused))
        if kept and kept.is_possible:
            try:
                kept.write(place)
            except OSError as error:
                self._say(f"{kept.path} cannot be written: {error.strerror}. {NO_PLACE}")
                kept.is_possible = False
        return place

    def _show(self, refused: list[Refused]) -> None:
        for line, field, reason in refused[: max(0, MOST_SHOWN - self.shown)]:
            self._say(f"Line {line:,}: {f'{field}: ' if field else ''}{reason}")
        self.shown += len(refused)

    def _say(self, words: str) -> None:
        self.stderr.write(words, style_func=str)

    def _sum_up(self, place: Place, dry_run: bool) -> None:
        if dry_run:
            self.stdout.write(f"Lines that can be imported: {place.calls:,}.")
        else:
            known = place.calls - place.new
            self.stdout.write(f"{place.new:,} new calls, {known:,} were there already.")
        if place.refused:
            raise CommandError(f"Lines that were refused: {place.refused:,}.", returncode=SOME_REFUSED)


def _opened(file: str) -> AbstractContextManager[BufferedReader]:
    if file == STDIN:
        return nullcontext(cast(BufferedReader, sys.stdin.buffer))
    try:
        return open(file, "rb")
    except OSError as error:
        raise NotUsable(f"{file} cannot be opened: {error.strerror}.") from error


def _written_at(facts: os.stat_result | None) -> datetime:
    """Return when a file was written: so the second import of it says just what the first said."""
    now = timezone.now()
    return min(datetime.fromtimestamp(facts.st_mtime, UTC), now) if facts else now
