"""Calls beside what Sentry knows of their errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from itertools import groupby

from django.template.loader import render_to_string

from dashboard.calls.models import Call
from sentry_logs.answers import Answer, BackendName, CallToCheck, ErrorMark, Source
from sentry_logs.services import error_marks

CHECKED = ("platform_call_id", "environment", "status", "started_at", "ended_at")
"""What checking a call needs of it."""
UNKNOWN_STATES = frozenset({"checking", "failed"})


@dataclass(frozen=True, slots=True)
class Row:
    call: Call
    mark: ErrorMark


@dataclass(frozen=True, slots=True)
class MarkedCalls:
    """`answer` is None as long as Sentry has not been asked."""

    rows: tuple[Row, ...]
    answer: Answer[dict[str, ErrorMark]] | None = None

    def days(self) -> Iterator[tuple[date, list[Row]]]:
        for day, rows in groupby(self.rows, key=lambda row: row.call.started_at.astimezone(UTC).date()):
            yield day, list(rows)

    @property
    def checking(self) -> int:
        return sum(row.mark.state == "checking" for row in self.rows)

    @property
    def something_known(self) -> bool:
        return any(row.mark.state not in UNKNOWN_STATES for row in self.rows)

    @property
    def failure(self) -> Source | None:
        sources = self.answer.sources if self.answer else ()
        return next((source for source in sources if source.state == "failed"), None)


def unchecked(calls: Iterable[Call]) -> MarkedCalls:
    """Put "not yet" beside calls that still run, and "checking" beside all others."""
    rows = (Row(call, ErrorMark("not_yet" if call.in_progress else "checking")) for call in calls)
    return MarkedCalls(tuple(rows))


def checked(
    calls: Sequence[Call], *, backend: BackendName, environment: str, wait: float = 0.0
) -> MarkedCalls:
    to_check = [CallToCheck(call.platform_call_id, call.started_at, call.ended_at) for call in calls]
    answer = error_marks(to_check, backend=backend, environment=environment, wait=wait)
    return MarkedCalls(tuple(Row(call, answer.value[call.platform_call_id]) for call in calls), answer)


def cells(marked: MarkedCalls) -> Iterator[tuple[str, str, str]]:
    """Yield each call with its two cells of the table. Most marks are alike: each kind is rendered once."""
    known: dict[str, tuple[str, str]] = {}
    for row in marked.rows:
        kind = repr(row.mark)
        if kind not in known:
            context = {"mark": row.mark}
            known[kind] = (
                render_to_string("_mark.html", context),
                render_to_string("calls/_last_error.html", context),
            )
        yield str(row.call.pk), *known[kind]
