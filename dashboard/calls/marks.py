"""Calls beside what Sentry knows of their errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from dashboard.calls.models import Call, CallQuerySet
from dashboard.calls.polling import Polling
from dashboard.calls.shown import ShownCall
from dashboard.http import Request
from sentry_logs.answers import Answer, BackendName, CallToCheck, ErrorMark, Source
from sentry_logs.services import error_marks

CELLS = '<span hx-swap-oob="innerHTML:#m-{0}">{1}</span>\n<span hx-swap-oob="innerHTML:#e-{0}">{2}</span>'
UNKNOWN_STATES = frozenset({"checking", "failed"})


class CallFacts(NamedTuple):
    """What checking a call needs of it."""

    pk: UUID
    platform_call_id: str
    started_at: datetime
    ended_at: datetime | None

    @classmethod
    def read(cls, calls: CallQuerySet) -> list[CallFacts]:
        return [cls(*row) for row in calls.values_list(*cls._fields)]


@dataclass(frozen=True, slots=True)
class Row:
    call: ShownCall | CallFacts
    mark: ErrorMark


@dataclass(frozen=True, slots=True)
class MarkedCalls:
    """`answer` is None as long as Sentry has not been asked."""

    rows: tuple[Row, ...]
    answer: Answer[tuple[ErrorMark, ...]] | None = None

    def days(self) -> Iterator[tuple[date, list[Row]]]:
        for day, rows in groupby(self.rows, key=lambda row: row.call.started_at.astimezone(UTC).date()):
            yield day, list(rows)

    @property
    def ids(self) -> str:
        return ",".join(str(row.call.pk) for row in self.rows)

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
    rows = (Row(ShownCall(call), ErrorMark("not_yet" if call.in_progress else "checking")) for call in calls)
    return MarkedCalls(tuple(rows))


def checked(
    calls: Sequence[Call | CallFacts], *, backend: BackendName, environment: str, wait: float = 0.0
) -> MarkedCalls:
    to_check = [CallToCheck(call.platform_call_id, call.started_at, call.ended_at) for call in calls]
    answer = error_marks(to_check, backend=backend, environment=environment, wait=wait)
    shown = (call if isinstance(call, CallFacts) else ShownCall(call) for call in calls)
    return MarkedCalls(tuple(map(Row, shown, answer.value)), answer)


def cells(marked: MarkedCalls) -> SafeString:
    """Render the two cells of every call: a number of ours and what templates have escaped, nothing else."""
    return SafeString("\n".join(CELLS.format(row.call.pk, *_rendered(row.mark)) for row in marked.rows))


def _rendered(mark: ErrorMark) -> tuple[str, str]:
    return _rendered_once(mark.state, mark.level, mark.text, mark.reason, mark.last_title)


@lru_cache(maxsize=1024)
def _rendered_once(state: str, level: str | None, text: str, reason: str, last_title: str) -> tuple[str, str]:
    """Render a kind of mark; most marks of most pages are alike."""
    mark = {"state": state, "level": level, "text": text, "reason": reason, "last_title": last_title}
    return render_to_string("_mark.html", {"mark": mark}), render_to_string(
        "calls/_last_error.html", {"mark": mark}
    )


def marks_context(request: Request, marked: MarkedCalls, polling: Polling) -> dict[str, Any]:
    """Return what a page needs to show marks, and to ask for the next ones."""
    asking = {"environment": request.environment, "ids": marked.ids}
    url = f"{reverse('calls:marks')}?{urlencode(asking, safe=',')}"
    soon = marked.answer and (marked.checking or marked.answer.refreshing)
    next_url = f"{url}&try={polling.next_try}" if soon else url
    return {"marked": marked, "marks_url": url, "next_url": next_url, "polling": polling}
