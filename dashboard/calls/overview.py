"""The calls of a time at a glance: how many, how many failed, and when, as figures and bars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django import forms
from django.db import connection
from django.db.models import Count, DateTimeField, Expression, F, Q
from django.db.models.functions import Substr, TruncDay, TruncHour
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.calls.models import Call, CallQuerySet
from dashboard.calls.ranges import RANGES, write
from dashboard.calls.vocabulary import Outcome, Status
from dashboard.http import Request
from dashboard.people.doors import needs
from dashboard.people.roles import SEE_CALLS
from sentry_logs.answers import BackendName
from sentry_logs.flags import backend_for
from sentry_logs.periods import PERIODS
from sentry_logs.services import kept_error_ids

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPANS = {"24h": (24, HOUR), "7d": (7, DAY), "30d": (30, DAY), "90d": (90, DAY)}
HIGH, STEP, WIDE = 100, 10, 8
AXIS_MARKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour or day. Heights are hundredths of the highest; `errors` is None while nobody knows them."""

    start: datetime
    end: datetime
    calls: int
    errors: int | None
    x: int
    high: int
    high_errors: int

    @property
    def y(self) -> int:
        return HIGH - self.high

    @property
    def y_errors(self) -> int:
        return HIGH - self.high_errors

    @property
    def range(self) -> str:
        return write(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Overview:
    span: str
    bars: tuple[Bar, ...]
    failed: int
    running: int

    @property
    def calls(self) -> int:
        return sum(bar.calls for bar in self.bars)

    @property
    def errors(self) -> int | None:
        known = [bar.errors for bar in self.bars if bar.errors is not None]
        return sum(known) if len(known) == len(self.bars) else None

    @property
    def by_hour(self) -> bool:
        return SPANS[self.span][1] == HOUR

    @property
    def unit(self) -> str:
        return "hour" if self.by_hour else "day"

    @property
    def width(self) -> int:
        return len(self.bars) * STEP

    @property
    def axis(self) -> list[datetime]:
        every = max(1, len(self.bars) // AXIS_MARKS)
        return [bar.start for bar in self.bars[::every]]

    @property
    def busiest(self) -> Bar | None:
        busiest = max(self.bars, key=lambda bar: bar.calls)
        return busiest if busiest.calls else None


class OverviewForm(forms.Form):
    span = forms.ChoiceField(required=False, choices=[(name, name) for name in SPANS])

    def clean_span(self) -> str:
        return self.cleaned_data["span"] or "24h"


@needs(SEE_CALLS)
@never_cache
@require_safe
def call_overview(request: Request) -> HttpResponse:
    form = OverviewForm(request.GET)
    if not form.is_valid():
        return render(request, "400.html", {"detail": "There is no such time range."}, status=400)
    span = form.cleaned_data["span"]
    found = overview(span, request.environment, timezone.now(), backend_for(request))
    if request.htmx:
        return render(request, "calls/_overview.html", {"overview": found})
    labels = {name: label.removeprefix("Last ") for name, label in RANGES}
    spans = [(name, labels[name], f"{reverse('calls:overview')}?span={name}") for name in SPANS]
    return render(request, "calls/overview.html", {"overview": found, "spans": spans})


def overview(span: str, environment: str, now: datetime, backend: BackendName) -> Overview:
    """Count the calls of the last 24 hours by hour, or of the last days by day."""
    number, step = SPANS[span]
    end = _floor(now, step) + step
    starts = [end - step * back for back in range(number, 0, -1)]
    calls = Call.objects.in_environment(environment).started_between(starts[0], end)
    counts = _counts(calls, step)
    kept = kept_error_ids(backend=backend, environment=environment, period=PERIODS[span])
    failing = None if kept is None else _counts(calls.among(kept.value), step)
    most = max([*counts.values(), 1])
    bars = []
    for place, start in enumerate(starts):
        key = _key(start, step)
        number_of, errors = counts.get(key, 0), None if failing is None else failing.get(key, 0)
        bars.append(
            Bar(
                start=start,
                end=start + step,
                calls=number_of,
                errors=errors,
                x=place * STEP,
                high=_height(number_of, most),
                high_errors=_height(errors or 0, most),
            )
        )
    return Overview(
        span=span,
        bars=tuple(bars),
        **calls.aggregate(
            failed=Count("pk", filter=Q(outcome=Outcome.FAILED)),
            running=Count("pk", filter=~Q(status=Status.ENDED)),
        ),
    )


def _height(count: int, most: int) -> int:
    """Return at least one unit for one call, so that nothing is too small to be seen."""
    return max(3, round(count * HIGH / most)) if count else 0


def _counts(calls: CallQuerySet, step: timedelta) -> dict[str, int]:
    """Count by the hour or day, which SQLite keeps as the beginning of a text and can compare at once."""
    length = 13 if step == HOUR else 10
    begins: Expression
    if connection.vendor == "sqlite":
        begins = Substr("started_at", 1, length)
    else:
        truncated = TruncHour if step == HOUR else TruncDay
        begins = truncated("started_at", tzinfo=UTC, output_field=DateTimeField())
    found = calls.order_by().annotate(begins=begins).values("begins").annotate(number=Count(F("pk")))
    return {str(row["begins"])[:length]: row["number"] for row in found}


def _key(start: datetime, step: timedelta) -> str:
    return f"{start:%Y-%m-%d %H}" if step == HOUR else f"{start:%Y-%m-%d}"


def _floor(moment: datetime, step: timedelta) -> datetime:
    hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour if step == HOUR else hour.replace(hour=0)
