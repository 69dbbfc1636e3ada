"""One group's events: a row that opens inside the browse page, or a small page of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string

from sentry_logs.call_links import CallLink, call_links
from sentry_logs.flags import backend_for
from sentry_logs.forms import BrowseForm, GroupForm, first_error
from sentry_logs.services import events_for_call
from sentry_logs.views.links import address, element_id, link
from sentry_logs.views.outcome import attempt_of, outcome_of
from sentry_logs.views.request import Request, page_or_fragment, wait_for, wants_fragment
from sentry_logs.views.rows import GroupRow, browse_parameters, expander
from sentry_logs.views.words import summary


@page_or_fragment
def group(request: Request) -> HttpResponse:
    form = GroupForm.for_page(request.GET, request.environment)
    fragment = wants_fragment(request)
    if not form.is_valid():
        template = "sentry_logs/_wrong.html" if fragment else "sentry_logs/events.html"
        return render(request, template, {"wrong": first_error(form)}, status=200 if fragment else 400)
    correlation_id = form.cleaned_data["id"]
    closing = "close" in request.GET
    if fragment and closing:
        closed = {"key": element_id(correlation_id), "expander": expander(correlation_id, form, opened=False)}
        return render(request, "sentry_logs/_inside.html", closed)
    call = call_links([correlation_id]).get(correlation_id)
    context = events_inside(request, form, correlation_id, call)
    if not fragment:
        return render(
            request, "sentry_logs/events.html", context | {"title": "Events of", "code": correlation_id}
        )
    if form.cleaned_data["more"]:
        return render(request, "sentry_logs/_more.html", context)
    context["expander"] = expander(correlation_id, form, opened=True)
    return render(request, "sentry_logs/_inside.html", context)


def inside_row(request: Request, form: BrowseForm, row: GroupRow) -> str:
    """Render an open group's events for the table that is being rendered."""
    context = events_inside(request, form, row.group.correlation_id, row.call)
    return render_to_string("sentry_logs/_inside_row.html", context | {"opened": True}, request=request)


def events_inside(
    request: Request, form: BrowseForm, correlation_id: str, call: CallLink | None
) -> dict[str, Any]:
    here = {**browse_parameters(form), "id": correlation_id, "more": form.cleaned_data.get("more")}
    if not isinstance(form, GroupForm):
        form = GroupForm.for_page(QueryDict(address("", here)[1:]), request.environment)
    if not form.is_valid():
        return {"wrong": first_error(form)}
    outcome = outcome_of(
        lambda: events_for_call(
            correlation_id, backend=backend_for(request), wait=wait_for(request), **form.question()
        ),
        attempt=attempt_of(request.GET.get("try", "")),
    )
    answer, look = outcome.answer, outcome.next_look
    page = answer.value if answer else None
    return {
        "key": element_id(correlation_id),
        "form": form,
        "everything_of": "this id",
        "outcome": outcome,
        "answer": answer,
        "call": call,
        "narrowed": bool(form.cleaned_data["search"] or form.cleaned_data["eventType"]),
        "summary": summary(answer, later=bool(form.cleaned_data["more"])) if answer else "",
        "again_url": link("group", here),
        "poll_url": link("group", here, **{"try": look.attempt}) if look else "",
        "more_url": link("group", here, more=page.next_cursor) if page and page.has_more else "",
        "back_url": link("browse", here, id=None),
    }
