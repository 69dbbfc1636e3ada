"""Calls from somewhere else put into the database, as often as one likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Protocol

from django.db import transaction

from dashboard.calls.models import Call

BATCH = 2_000
IDENTITY = ["environment", "platform", "platform_call_id"]
FACTS = [
    "direction",
    "from_number",
    "to_number",
    "line",
    "agent_name",
    "agent_version",
    "status",
    "outcome",
    "ended_by",
    "ended_reason",
    "ended_reason_raw",
    "fault",
    "started_at",
    "answered_at",
    "ended_at",
]


class SavableCall(Protocol):
    """What a call must tell of itself to be saved; words are those of the vocabulary."""

    @property
    def correlation_id(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def environment(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def from_number(self) -> str: ...
    @property
    def to_number(self) -> str: ...
    @property
    def line(self) -> str: ...
    @property
    def agent_name(self) -> str: ...
    @property
    def agent_version(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def ended_by(self) -> str: ...
    @property
    def ended_reason(self) -> str: ...
    @property
    def ended_reason_raw(self) -> str: ...
    @property
    def fault(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def answered_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def duration_seconds(self) -> int | None: ...


def save_calls(calls: Iterable[SavableCall], progress: Callable[[int], None] | None = None) -> int:
    """Save calls, refresh those that are known, and return how many are new.

    `progress` is told after each batch how many calls have been read.
    """
    known, read = Call.objects.count(), 0
    for batch in _batches(calls):
        with transaction.atomic():
            Call.objects.bulk_create(
                batch.values(),
                update_conflicts=True,
                unique_fields=IDENTITY,
                update_fields=[*FACTS, "duration_ms", "updated_at"],
            )
        read += len(batch)
        if progress:
            progress(read)
    return Call.objects.count() - known


def _batches(calls: Iterable[SavableCall]) -> Iterator[dict[tuple[str, str, str], Call]]:
    """Yield batches in which each call occurs once, since one statement cannot update a row twice."""
    rest = iter(calls)
    while batch := {(c.environment, c.platform, c.correlation_id): _row(c) for c in islice(rest, BATCH)}:
        yield batch


def _row(call: SavableCall) -> Call:
    return Call(
        platform=call.platform,
        platform_call_id=call.correlation_id,
        environment=call.environment,
        duration_ms=None if call.duration_seconds is None else call.duration_seconds * 1000,
        **{name: getattr(call, name) for name in FACTS},
    )
