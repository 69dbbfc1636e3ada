"""The calls of the table as a file in clear."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, QueryDict
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dashboard.audit.record import Event
from dashboard.calls.download import NoFile, file_of, no_file
from dashboard.calls.exporting import FORMATS
from dashboard.calls.forms import CallFilterForm
from dashboard.http import Request
from dashboard.people.doors import needs, refuse
from dashboard.people.rights import may
from dashboard.people.roles import EXPORT, REVEAL
from dashboard.reveal.forms import ExportForm
from dashboard.reveal.granting import NotNow, grant
from dashboard.reveal.views import ask, not_now

# The trail keeps a few hundred characters, the form's token among them.
LONGEST_TOLD = 400


@needs(REVEAL)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def export_in_clear(request: Request) -> HttpResponseBase:
    if not may(request.user, EXPORT):
        return refuse(request, EXPORT)
    sent = request.method == "POST"
    filters = request.POST.get("filters", "") if sent else request.GET.urlencode()
    form = ExportForm(request.POST if sent else None, initial={"filters": filters})
    context: dict[str, Any] = {"form": form, "back": "/calls/"}
    if not form.is_valid():
        return ask(request, context)
    return _file(request, form, context)


def _file(request: Request, form: ExportForm, context: dict[str, Any]) -> HttpResponseBase:
    table = CallFilterForm(QueryDict(form.cleaned_data["filters"]), request.session)
    try:
        if not table.is_valid():
            raise NoFile("These are no filters of the calls table.", status=400)
        format = FORMATS[form.cleaned_data["format"]]
        asked = table.filter()
        told = f"in clear, {format.name} {asked.query(request.environment)}"
        grant(request, form, fields=["export"], event=Event.EXPORT, detail=told[:LONGEST_TOLD])
        return file_of(request, asked, format, clear=True)
    except NotNow as reason:
        return not_now(request, reason, context)
    except NoFile as missing:
        return no_file(request, missing)
