"""Copy as ticket: the two texts about a call, on a page that also works without JavaScript."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.calls.call_page import detail_of
from dashboard.calls.marks import checked
from dashboard.calls.models import Call
from dashboard.calls.shown import ShownCall
from dashboard.calls.ticket import Broken, for_customer, for_engineer
from dashboard.calls.verdict import decide
from dashboard.http import Request
from dashboard.people.doors import needs
from dashboard.people.roles import SEE_CALLS
from sentry_logs.answers import ERROR_LEVELS, BackendName, ErrorMark
from sentry_logs.flags import backend_for
from sentry_logs.periods import around_call
from sentry_logs.services import (
    LogsUnavailable,
    QuestionRefused,
    StillAsking,
    events_for_call,
    whole_event,
)

PATIENCE = 3.0
NO_ERROR = "Sentry has no error to quote."
NOT_ASKED = "Sentry did not say whether there were errors."


class ZoneForm(forms.Form):
    """The customer's time zone, by its name in the time zone database."""

    zone = forms.ChoiceField(
        required=False, label="Customer’s time zone", choices=lambda: [(name, name) for name in zones()]
    )

    def clean_zone(self) -> ZoneInfo:
        return ZoneInfo(self.cleaned_data["zone"] or settings.CUSTOMER_TIME_ZONE)


def zones() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name or name == "UTC")


@needs(SEE_CALLS)
@never_cache
@require_safe
def call_ticket(request: Request, pk: UUID) -> HttpResponse:
    found = Call.objects.filter(pk=pk).select_related("detail").prefetch_related("aliases").first()
    if found is None:
        raise Http404
    form = ZoneForm(request.GET or {"zone": settings.CUSTOMER_TIME_ZONE})
    wrong = not form.is_valid()
    zone = ZoneInfo(settings.CUSTOMER_TIME_ZONE) if wrong else form.cleaned_data["zone"]
    backend = backend_for(request)
    marked = checked([found], backend=backend, environment=found.environment, wait=PATIENCE)
    mark = marked.rows[0].mark
    verdict = decide(found, detail_of(found), mark)
    context = {
        "call": ShownCall(found),
        "form": form,
        "engineer": for_engineer(found, verdict, _broken(found, mark, backend)),
        "customer": for_customer(found, verdict, zone),
    }
    return render(request, "calls/call_ticket.html", context, status=400 if wrong else 200)


def _broken(call: Call, mark: ErrorMark, backend: BackendName) -> Broken:
    """Fetch the last error of the call's own time, or say why there is none."""
    if mark.state != "errors":
        return Broken(missing=NO_ERROR if mark.state in ("clean", "warnings") else NOT_ASKED)
    period = around_call(call.started_at, call.ended_at, timezone.now())
    try:
        page = events_for_call(
            call.platform_call_id,
            backend=backend,
            environment="all",
            period=period,
            levels=ERROR_LEVELS,
            source="errors",
            wait=PATIENCE,
        ).value
        if not page.events:
            return Broken(missing=f"Sentry has {mark.text}, none of them around the time of the call.")
        last = page.events[0]
        return Broken(whole_event(last.project, last.id, backend=backend, wait=PATIENCE).value)
    except (LogsUnavailable, QuestionRefused, StillAsking):
        return Broken(missing=f"Last error: {mark.last_title} (Sentry did not give the event itself)")
