"""What changed on an open table: calls that came, and those that run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.calls.forms import MOST_MARKS, CallFilter, CallFilterForm, clean_pks
from dashboard.calls.marks import unchecked
from dashboard.calls.models import Call, CallQuerySet
from dashboard.calls.shown import ShownCall
from dashboard.http import Request
from dashboard.people.doors import needs
from dashboard.people.roles import SEE_CALLS
from sentry_logs.answers import ErrorMark
from sentry_logs.forms import EARLIEST, LATEST

MOST_ARRIVALS = 20
# A call is stored a moment before others can see it, so each look reaches back over the last one.
OVERLAP = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call that belongs under `after`, a row of the page or the heading of the call's day."""

    found: Call
    after: str
    begins_day: bool

    @property
    def call(self) -> ShownCall:
        return ShownCall(self.found)

    @property
    def mark(self) -> ErrorMark:
        return unchecked([self.found]).rows[0].mark


class LiveForm(forms.Form):
    """What the page shows: its rows in order, which of them run, and when it looked last."""

    since = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"])
    rows = forms.CharField(max_length=MOST_MARKS * 40)
    running = forms.CharField(max_length=MOST_MARKS * 40, required=False)
    hold = forms.BooleanField(required=False)

    def clean_since(self) -> datetime:
        since: datetime = self.cleaned_data["since"]
        if not EARLIEST < since < LATEST:
            raise ValidationError("No table was open then.")
        return since

    def clean_rows(self) -> list[UUID]:
        return clean_pks(self.cleaned_data["rows"])

    def clean_running(self) -> list[UUID]:
        text = self.cleaned_data["running"]
        return clean_pks(text) if text else []


def live_context(request: Request, asked: CallFilter, rows: Sequence[Call]) -> dict[str, Any]:
    """Return where a table that was just rendered asks for what is new."""
    return {"live_url": _live_url(request, asked, timezone.now() - OVERLAP, rows)}


@needs(SEE_CALLS)
@never_cache
@require_safe
def call_live(request: Request) -> HttpResponse:
    filters, form = CallFilterForm(request.GET, request.session), LiveForm(request.GET)
    if not filters.is_valid() or not form.is_valid():
        return HttpResponseBadRequest("This is no address of a table that is open.")
    asked, page = filters.filter(), form.cleaned_data
    now = timezone.now()
    shown = {call.pk: call for call in Call.objects.filter(pk__in=page["rows"])}
    rows = [shown[pk] for pk in page["rows"] if pk in shown]
    arrived = _arrived(asked, request.environment, page["since"], rows, now)
    held = bool(arrived) and (page["hold"] or _too_many(arrived, rows))
    arrivals = [] if held else _placed(arrived, rows)
    running = [call for call in rows if call.pk in set(page["running"])]
    after = sorted([*rows, *(arrival.found for arrival in arrivals)], key=_order, reverse=True)
    context: dict[str, Any] = {
        "asked": asked,
        "live_url": _live_url(request, asked, page["since"] if held else now - OVERLAP, after),
        "arrivals": arrivals,
        "held": len(arrived) if held else 0,
        "too_many": _too_many(arrived, rows),
        "newest_url": reverse("calls:list") + asked.query(request.environment),
        "running": [ShownCall(call) for call in running],
        "ended": unchecked([call for call in running if not call.in_progress]),
        "checks": _marks_url(request, after) if _wants_a_check(arrivals, running) else "",
    }
    return render(request, "calls/call_live.html", context)


def _arrived(
    asked: CallFilter, environment: str, since: datetime, rows: list[Call], now: datetime
) -> list[Call]:
    """Return the calls that came since then and belong on this page, oldest first."""
    if asked.cursor or asked.by_sentry:
        return []
    found: CallQuerySet = asked.calls(environment, now).filter(created_at__gt=since)
    if rows:
        found = found.filter(started_at__gte=rows[-1].started_at)
    known = {call.pk for call in rows}
    newest = found.newest_first()[: MOST_ARRIVALS + 1 + len(known)]
    return sorted((call for call in newest if call.pk not in known), key=_order)


def _too_many(arrived: list[Call], rows: list[Call]) -> bool:
    return len(arrived) > MOST_ARRIVALS or len(arrived) + len(rows) > MOST_MARKS


def _placed(arrived: list[Call], rows: list[Call]) -> list[Arrival]:
    """Say for each call what it follows, as the page is once those before it are in."""
    shown, arrivals = list(rows), []
    for call in arrived:
        arrivals.append(_place(call, shown))
        shown = sorted([*shown, call], key=_order, reverse=True)
    return arrivals


def _place(call: Call, shown: list[Call]) -> Arrival:
    newer = [row for row in shown if _order(row) > _order(call)]
    if newer and _day(newer[-1]) == _day(call):
        return Arrival(call, f"c-{newer[-1].pk}", begins_day=False)
    if any(_day(row) == _day(call) for row in shown):
        return Arrival(call, f"day-{_day(call)}", begins_day=False)
    return Arrival(call, f"rows-{_day(newer[-1])}" if newer else "rows-head", begins_day=True)


def _day(call: Call) -> str:
    return call.started_at.astimezone(UTC).date().isoformat()


def _wants_a_check(arrivals: list[Arrival], running: list[Call]) -> bool:
    came_ended = any(not arrival.found.in_progress for arrival in arrivals)
    return came_ended or any(not call.in_progress for call in running)


def _order(call: Call) -> tuple[datetime, str]:
    return call.started_at, call.pk.hex


def _live_url(request: Request, asked: CallFilter, since: datetime, rows: Sequence[Call]) -> str:
    here = asked.query(
        request.environment,
        asked.cursor,
        since=since.isoformat(),
        rows=",".join(str(call.pk) for call in rows),
        running=",".join(str(call.pk) for call in rows if call.in_progress),
    )
    return reverse("calls:live") + here


def _marks_url(request: Request, rows: list[Call]) -> str:
    asking = {"environment": request.environment, "ids": ",".join(str(call.pk) for call in rows)}
    return f"{reverse('calls:marks')}?{urlencode(asking, safe=',')}"
