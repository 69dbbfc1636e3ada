"""Calls of a file put into the database, batch by batch. Doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from dashboard.calls.models import Call
from dashboard.ingest.call_files import Told
from dashboard.ingest.place import Place
from dashboard.ingest.posted import checked
from dashboard.ingest.record import record_reports
from dashboard.ingest.reports import Report
from dashboard.ingest.schema import CallIn

BATCH = 500
BATCH_BYTES = 8 * 1024 * 1024
NO_ENVIRONMENT = "Is required: the file does not say it, so give --environment."


class Refused(NamedTuple):
    line: int
    field: str
    reason: str


class Batch(NamedTuple):
    """What has just been committed, and the lines that were left out of it."""

    place: Place
    refused: list[Refused]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for every line that does not say otherwise; empty for nothing."""

    environment: str
    platform: str
    reported_at: datetime

    def report(self, told: Told) -> Report | list[Refused]:
        """Return what a line reports, or why it is refused."""
        if told.refused:
            return [Refused(told.line, "", told.refused)]
        facts = {"platform": self.platform} | told.facts if self.platform else told.facts
        call = checked(facts)
        if not isinstance(call, CallIn):
            return [Refused(told.line, *problem) for problem in call]
        if not (call.environment or self.environment):
            return [Refused(told.line, "environment", NO_ENVIRONMENT)]
        return call.to_report(self.environment, self.reported_at)


def import_calls(lines: Iterable[Told], defaults: Defaults, place: Place, dry_run: bool) -> Iterator[Batch]:
    """Record what lines tell, each batch in one transaction, and yield after each commit."""
    for batch in _batches(lines, place.end):
        reports: list[Report] = []
        refused: list[Refused] = []
        for told in batch:
            report = defaults.report(told)
            if isinstance(report, Report):
                reports.append(report)
            else:
                refused += report
        last = batch[-1]
        place = replace(
            place,
            end=last.end,
            line=last.last_line,
            calls=place.calls + len(reports),
            refused=place.refused + len(batch) - len(reports),
        )
        if reports and not dry_run:
            place = _record(reports, place)
        yield Batch(place, refused)


def _batches(lines: Iterable[Told], begin: int) -> Iterator[list[Told]]:
    batch: list[Told] = []
    for told in lines:
        batch.append(told)
        if len(batch) >= BATCH or told.end - begin >= BATCH_BYTES:
            yield batch
            batch, begin = [], told.end
    if batch:
        yield batch


def _record(reports: list[Report], place: Place) -> Place:
    recorded = [one for one in record_reports(reports) if one]
    if not recorded:
        return place
    call = recorded[-1].call
    return replace(
        place,
        new=place.new + sum(one.is_new for one in recorded),
        last=(call.environment, call.platform, call.platform_call_id),
    )


def is_there(identity: tuple[str, ...]) -> bool:
    """Whether the database still has a call; another or a restored database has not what was imported."""
    environment, platform, call_id = identity
    return Call.objects.filter(environment=environment, platform=platform, platform_call_id=call_id).exists()
