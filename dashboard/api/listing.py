"""GET of calls: the table's filters, and one call with everything that is known of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.audit.shown import call_opened, numbers_searched
from dashboard.calls.forms import CallFilter, CallFilterForm
from dashboard.calls.models import Call
from dashboard.calls.only_errors import TooManyWithErrors, ids_with_errors
from dashboard.calls.paging import Cursor, read_rows
from dashboard.calls.pasted import read
from dashboard.calls.shape import call_as_json
from dashboard.ingest.settle import catch_up
from dashboard.people.doors import needs
from dashboard.people.roles import SEE_CALLS
from sentry_logs.api import meta, no_answer, patience
from sentry_logs.errors import error_response
from sentry_logs.fields import EnvironmentField, WholeNumberField
from sentry_logs.flags import backend_for
from sentry_logs.forms import first_error
from sentry_logs.services import LogsUnavailable, QuestionRefused, StillAsking

MOST_A_PAGE, PAGE = 200, 50
AT_ONCE = timedelta()
"""Who reads by program what a platform just sent finds it, also in the moment before it is recorded."""
ONCE = "Give this parameter once."
TOO_MANY = "More calls have errors than can be matched at once. Choose a shorter time."


class CallsForm(CallFilterForm):
    """The table's filters, with an environment and a limit."""

    environment = EnvironmentField()
    limit = WholeNumberField(least=1, most=MOST_A_PAGE, default=PAGE)


class OneCallForm(forms.Form):
    environment = EnvironmentField()


def list_calls(request: HttpRequest) -> JsonResponse:
    catch_up(AT_ONCE)
    form = _form(request)
    if refused := _refused_parameters(request, form):
        return refused
    asked = form.filter()
    numbers_searched(request, read(asked.q).numbers)
    try:
        return JsonResponse(_page(request, asked, **_asked(form)))
    except TooManyWithErrors:
        return error_response(400, "invalid_parameter", TOO_MANY, parameter="range")
    except (LogsUnavailable, QuestionRefused, StillAsking) as failure:
        return no_answer(failure)


def _form(request: HttpRequest) -> CallsForm:
    """Read the parameters; what is searched for may come in a header, since a number must not be in them."""
    searched = request.headers.get("X-Search")
    if searched is None:
        return CallsForm(request.GET)
    asked = request.GET.copy()
    asked["q"] = searched
    return CallsForm(asked, in_address=False)


@needs(SEE_CALLS)
@never_cache
@require_safe
def one_call(request: HttpRequest, platform: str, platform_call_id: str) -> JsonResponse:
    """Answer with the newest call of this id; `environment` says which, where several have it."""
    catch_up(AT_ONCE)
    form = OneCallForm(request.GET)
    if refused := _refused_parameters(request, form):
        return refused
    # PostgreSQL cannot be asked about a NUL.
    calls = Call.objects.none() if "\x00" in platform + platform_call_id else Call.objects.all()
    calls = calls.in_environment(form.cleaned_data["environment"])
    found = calls.filter(platform=platform, platform_call_id=platform_call_id)
    call = found.newest_first().select_related("detail").prefetch_related("aliases").first()
    if call is None:
        return error_response(404, "not_found", "There is no such call.")
    call_opened(request, call)
    return JsonResponse(call_as_json(call, detail=True))


def _refused_parameters(request: HttpRequest, form: forms.Form) -> JsonResponse | None:
    known = {form.add_prefix(name) for name in form.fields}
    for name, values in request.GET.lists():
        if name not in known:
            return error_response(400, "unknown_parameter", "There is no such parameter.", parameter=name)
        if len(values) > 1:
            return error_response(400, "invalid_parameter", ONCE, parameter=name)
    if not form.is_valid():
        name, message = first_error(form)
        return error_response(400, "invalid_parameter", message, parameter=form.add_prefix(name))
    return None


def _asked(form: CallsForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("environment", "limit")}


def _page(request: HttpRequest, asked: CallFilter, environment: str, limit: int) -> dict[str, Any]:
    """Raises what `ids_with_errors` raises."""
    errors, answer = None, {}
    if asked.by_sentry:
        ids = ids_with_errors(asked, backend=backend_for(request), environment=environment, wait=patience())
        errors, answer = ids.value, {"meta": meta(ids)}
    ways = asked.ways(environment, timezone.now(), errors=errors)
    calls = read_rows(ways, asked.cursor, limit + 1)
    shown, has_more = calls[:limit], len(calls) > limit
    return {
        "calls": [call_as_json(call, detail=False) for call in shown],
        "hasMore": has_more,
        "nextCursor": str(Cursor.at(shown[-1], "older")) if has_more else None,
    } | answer
