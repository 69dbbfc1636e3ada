from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from dashboard import environment
from dashboard.calls.forms import CallFilter, CallFilterForm, MarksForm
from dashboard.calls.marks import CHECKED, MarkedCalls, cells, checked, unchecked
from dashboard.calls.models import Call, CallQuerySet
from dashboard.calls.paging import read_page
from dashboard.calls.polling import Polling
from dashboard.http import Request
from sentry_logs.answers import ALL_ENVIRONMENTS
from sentry_logs.flags import backend_for
from sentry_logs.services import (
    LogsUnavailable,
    QuestionRefused,
    StillAsking,
    error_correlation_ids,
    kept_error_ids,
)

# A person without scripts waits once; a fragment never waits, it asks again.
PATIENCE = 3.0
MOST_WITH_ERRORS = 20_000
FILTERS = "filters"
TABLE = "table"


@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def call_list(request: Request) -> HttpResponse:
    form = CallFilterForm(request.GET)
    is_fragment = request.htmx.target == TABLE and not request.htmx.history_restore_request
    context: dict[str, Any] = {"form": form, "is_fragment": is_fragment, "polling": Polling.read(request.GET)}
    if not form.is_valid():
        context["state"] = "refused"
    else:
        asked = form.filter()
        here = reverse("calls:list") + asked.query(request.environment, asked.cursor)
        context |= {"asked": asked, "here": here}
        context |= _found(request, asked, is_fragment)
    template = "calls/call_list.html#table" if is_fragment else "calls/call_list.html"
    response = render(request, template, context)
    if not is_fragment and context["state"] == "refused":
        response.status_code = 400
    if request.htmx.trigger == FILTERS and "here" in context:
        response["HX-Push-Url"] = context["here"]
    return response


@never_cache
@require_GET
def call_marks(request: Request) -> HttpResponse:
    form = MarksForm(request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest("Give the ids of up to 100 calls, with commas between them.")
    ids: list[UUID] = form.cleaned_data["ids"]
    calls = list(Call.objects.in_environment(request.environment).filter(pk__in=ids).only(*CHECKED))
    marked = checked(calls, backend=backend_for(request), environment=request.environment)
    polling = Polling.read(request.GET)
    context = _marks_context(request, marked, polling) | {"cells": cells(marked)}
    return render(request, "calls/call_marks.html", context)


@require_GET
def call_detail(request: Request, pk: UUID) -> HttpResponse:
    call = Call.objects.filter(pk=pk).first()
    if call is None:
        return render(request, "calls/call_missing.html", status=404)
    context = _marks_context(request, unchecked([call]), Polling())
    context |= {
        "call": call,
        "logs_url": _logs_url(request, call),
        "is_elsewhere": request.environment not in (ALL_ENVIRONMENTS, call.environment),
        "switch_to": call.environment if environment.is_known(call.environment) else ALL_ENVIRONMENTS,
    }
    return render(request, "calls/call_detail.html", context)


def _found(request: Request, asked: CallFilter, is_fragment: bool) -> dict[str, Any]:
    """Answer a valid question, as far as it can be answered now."""
    calls = asked.calls(request.environment, timezone.now())
    if not asked.only_errors:
        return _table(request, asked, calls)
    backend = backend_for(request)
    kept = kept_error_ids(backend=backend, environment=request.environment, period=asked.period)
    if kept is not None:
        return {"answer": kept} | _table(request, asked, calls.filter(platform_call_id__in=kept.value))
    now_url = reverse("calls:list") + asked.query(request.environment, asked.cursor, now=1)
    if not is_fragment and "now" not in request.GET:
        return {"state": "asking", "now_url": now_url}
    try:
        answer = error_correlation_ids(
            backend=backend,
            environment=request.environment,
            period=asked.period,
            wait=0.0 if is_fragment else PATIENCE,
        )
    except StillAsking:
        return {"state": "asking", "now_url": now_url}
    except (LogsUnavailable, QuestionRefused) as failure:
        return {"state": "unavailable", "failure": failure}
    if len(answer.value) > MOST_WITH_ERRORS:
        return {"state": "too_many", "most": MOST_WITH_ERRORS}
    return {"answer": answer} | _table(request, asked, calls.with_correlation_ids(answer.value))


def _table(request: Request, asked: CallFilter, calls: CallQuerySet) -> dict[str, Any]:
    page = read_page(calls, asked.cursor)
    if not page.calls:
        newest_url = asked.query(request.environment)
        return {"state": "empty", "newest_url": newest_url, "has_calls": Call.objects.exists()}
    marked = unchecked(page.calls)
    if "marks" in request.GET:
        backend = backend_for(request)
        marked = checked(page.calls, backend=backend, environment=request.environment, wait=PATIENCE)
    at_once = {"now": 1} if "now" in request.GET else {}
    links = {
        "newer_url": page.newer and asked.query(request.environment, page.newer, **at_once),
        "older_url": page.older and asked.query(request.environment, page.older, **at_once),
        "check_url": asked.query(request.environment, asked.cursor, marks=1, **at_once),
    }
    return {"state": "table", "page": page} | links | _marks_context(request, marked, Polling())


def _marks_context(request: Request, marked: MarkedCalls, polling: Polling) -> dict[str, Any]:
    ids = ",".join(str(row.call.pk) for row in marked.rows)
    asking = {"environment": request.environment, "ids": ids}
    url = f"{reverse('calls:marks')}?{urlencode(asking, safe=',')}"
    soon = marked.answer and (marked.checking or marked.answer.refreshing)
    next_url = f"{url}&try={polling.next_try}" if soon else url
    return {"marked": marked, "marks_url": url, "next_url": next_url, "polling": polling}


def _logs_url(request: Request, call: Call) -> str:
    """Return the address of the Logs panel; what the page's own address chose is passed on."""
    asked: list[tuple[str, str]] = [
        ("id", call.platform_call_id),
        ("started", call.started_at.isoformat()),
        ("ended", call.ended_at.isoformat() if call.ended_at else ""),
        ("environment", request.environment),
        ("page", call.get_absolute_url()),
    ]
    chosen = [
        (name, value)
        for name in ("range", "level", "source", "cursor")
        for value in request.GET.getlist(name)
    ]
    return f"{reverse('sentry:call-logs')}?{urlencode([*asked, *chosen])}"
