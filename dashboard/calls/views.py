from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from dashboard.audit.shown import numbers_searched
from dashboard.calls.forms import CallFilter, CallFilterForm, MarksForm
from dashboard.calls.live import live_context
from dashboard.calls.marks import CallFacts, cells, checked, marks_context, unchecked
from dashboard.calls.models import Call
from dashboard.calls.only_errors import MOST_WITH_ERRORS, TooManyWithErrors, hit_by_issue, ids_with_errors
from dashboard.calls.paging import MOST_COUNTED, MOST_PICKED, read_page
from dashboard.calls.pasted import LONGEST_PASTED, read
from dashboard.calls.polling import Polling
from dashboard.calls.remembered import names_a_number, remember
from dashboard.calls.search import MOST_STARTING, begins_too_many
from dashboard.calls.sentry_ids import asked_of_sentry
from dashboard.calls.who_else import who_else
from dashboard.http import Request
from dashboard.people.doors import needs
from dashboard.people.roles import SEE_CALLS
from sentry_logs.flags import backend_for
from sentry_logs.services import LogsUnavailable, QuestionRefused, StillAsking

# A person without scripts waits once; a fragment never waits, it asks again.
PATIENCE = 3.0
FILTERS = "filters"
TABLE = "table"
KEPT_FILTERS = ("environment", "range", "outcome", "errors", "issue", "now", "marks")


@needs(SEE_CALLS)
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def call_list(request: Request) -> HttpResponse:
    if names_a_number(request.GET.get("q", "")):
        return _without_number(request, request.GET)
    form = CallFilterForm(request.GET, request.session)
    is_fragment = request.htmx.target == TABLE and not request.htmx.history_restore_request
    context: dict[str, Any] = {"form": form, "is_fragment": is_fragment, "polling": Polling.read(request.GET)}
    if not form.is_valid():
        context["state"] = "refused"
    else:
        asked = form.filter()
        numbers_searched(request, read(asked.q).numbers)
        here = reverse("calls:list") + asked.query(request.environment, asked.cursor)
        now_url = reverse("calls:list") + asked.query(request.environment, asked.cursor, now=1)
        context |= {"asked": asked, "here": here, "now_url": now_url}
        context |= _found(request, asked, is_fragment)
    template = "calls/call_list.html#table" if is_fragment else "calls/call_list.html"
    response = render(request, template, context)
    if not is_fragment and context["state"] == "refused":
        response.status_code = 400
    if request.htmx.trigger == FILTERS and "here" in context:
        response["HX-Push-Url"] = context["here"]
    return response


@needs(SEE_CALLS)
@never_cache
@require_POST
def call_find(request: Request) -> HttpResponse:
    """Lead to the calls that a form asks for, at an address without a phone number."""
    return _without_number(request, request.POST)


def _without_number(request: Request, sent: QueryDict) -> HttpResponse:
    text = sent.get("q", "")[: LONGEST_PASTED + 1]
    typed = remember(request.session, text) if names_a_number(text) else text
    asked = [(name, sent.get(name, "")) for name in KEPT_FILTERS]
    filled_in = [(name, value) for name, value in (*asked, ("q", typed)) if value]
    return HttpResponseRedirect(f"{reverse('calls:list')}?{urlencode(filled_in)}", status=303)


@needs(SEE_CALLS)
@never_cache
@require_safe
def call_marks(request: Request) -> HttpResponse:
    form = MarksForm(request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest("Give the ids of up to 100 calls, with commas between them.")
    ids: list[UUID] = form.cleaned_data["ids"]
    calls = CallFacts.read(Call.objects.in_environment(request.environment).filter(pk__in=ids))
    marked = checked(calls, backend=backend_for(request), environment=request.environment)
    polling = Polling.read(request.GET)
    context = marks_context(request, marked, polling) | {"cells": cells(marked)}
    return render(request, "calls/call_marks.html", context)


def _found(request: Request, asked: CallFilter, is_fragment: bool) -> dict[str, Any]:
    """Answer a valid question, as far as it can be answered now."""
    wait = 0.0 if is_fragment else PATIENCE if "now" in request.GET else None
    if not asked.by_sentry:
        return _table(request, asked, wait)
    how: Any = {"backend": backend_for(request), "environment": request.environment, "wait": wait}
    try:
        hit = hit_by_issue(asked, **how) if asked.issue else None
        answer = ids_with_errors(asked, **how)
    except StillAsking:
        return {"state": "asking"}
    except (LogsUnavailable, QuestionRefused) as failure:
        return {"state": "unavailable", "failure": failure}
    except TooManyWithErrors:
        return {"state": "too_many", "most": MOST_WITH_ERRORS}
    found = {"answer": answer} | _table(request, asked, wait, errors=answer.value)
    return found | {"who_else": who_else(asked, hit.value, request.environment)} if hit else found


def _table(
    request: Request,
    asked: CallFilter,
    wait: float | None,
    errors: Iterable[str] | None = None,
    carried: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Read a page of calls, of those in `errors`, and of those in `carried` instead of those searched for."""
    where, now = request.environment, timezone.now()
    ways = asked.ways(where, now, instead=carried, errors=errors)
    walk = None if errors is None or asked.q else asked.walk(where, now, errors)
    most = MOST_PICKED if asked.q or walk is not None else MOST_COUNTED
    page = read_page(ways, asked.cursor, most=most, if_many=walk)
    if not page.calls:
        return _nothing(request, asked, wait, errors, carried)
    is_cut = errors is None and carried is None and begins_too_many(asked.q)
    marked = unchecked(page.calls)
    if "marks" in request.GET:
        backend = backend_for(request)
        marked = checked(page.calls, backend=backend, environment=request.environment, wait=PATIENCE)
    at_once = {"now": 1} if "now" in request.GET else {}
    links = {
        "newer_url": page.newer and asked.query(request.environment, page.newer, **at_once),
        "older_url": page.older and asked.query(request.environment, page.older, **at_once),
        "check_url": asked.query(request.environment, asked.cursor, marks=1, **at_once),
        "export_url": reverse("calls:export") + asked.query(request.environment),
        "clear_url": reverse("reveal:export") + asked.query(request.environment),
    }
    marks = marks_context(request, marked, Polling())
    table = {
        "state": "table",
        "page": {"label": page.label, "total": page.total},
        "most_starting": MOST_STARTING if is_cut else None,
    }
    return table | links | marks | live_context(request, asked, page.calls)


def _nothing(
    request: Request,
    asked: CallFilter,
    wait: float | None,
    errors: Iterable[str] | None,
    carried: Sequence[str] | None,
) -> dict[str, Any]:
    """Say why there is no call, after asking Sentry about an id that none of all calls has."""
    anywhere = Call.objects.search(asked.q) if carried is None else Call.objects.with_correlation_ids(carried)
    is_elsewhere = bool(asked.q) and anywhere.exists()
    context: dict[str, Any] = {}
    if asked.q and carried is None and not is_elsewhere:
        answer, context = asked_of_sentry(asked.q, backend=backend_for(request), wait=wait)
        if answer and answer.value.correlation_ids:
            return context | _table(request, asked, wait, errors, answer.value.correlation_ids)
    return {
        "state": "empty",
        "is_elsewhere": is_elsewhere,
        "most_starting": MOST_STARTING if is_elsewhere and begins_too_many(asked.q) else None,
        "newest_url": asked.query(request.environment),
        "has_calls": asked.is_narrow or Call.objects.exists(),
    } | context
