"""Events grouped by correlation id. The page comes at once, its results when Sentry has answered."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django_htmx.http import push_url

from sentry_logs.answers import GroupPage
from sentry_logs.call_links import call_links
from sentry_logs.flags import backend_for
from sentry_logs.forms import BrowseForm, first_error
from sentry_logs.services import grouped_events
from sentry_logs.views.group import inside_row
from sentry_logs.views.links import link
from sentry_logs.views.outcome import attempt_of, outcome_of
from sentry_logs.views.request import Request, page_or_fragment, wait_for, wants_fragment
from sentry_logs.views.rows import GroupRow, expected_environments, group_row, total_rows
from sentry_logs.views.shorter import shorter_url

TEMPLATE = "sentry_logs/browse.html"
TOOLBAR = "browse-toolbar"


@page_or_fragment
def browse(request: Request) -> HttpResponse:
    form = BrowseForm.for_page(request.GET, request.environment)
    if not form.is_valid():
        return _refused(request, form)
    context: dict[str, Any] = {"form": form, "awaited": expected_environments(form)}
    if not wants_fragment(request) and "now" not in request.GET:
        here = {**form.parameters(), "open": request.GET.get("open")}
        return render(request, TEMPLATE, context | _places(here))
    chosen = link("browse", form.parameters())
    context |= _results(request, form)
    if not wants_fragment(request):
        return render(request, TEMPLATE, context)
    response = render(request, f"{TEMPLATE}#fragment", context)
    if request.htmx.trigger == TOOLBAR:
        return push_url(response, chosen)
    return response


def _refused(request: Request, form: BrowseForm) -> HttpResponse:
    name, message = first_error(form)
    context: dict[str, Any] = {"form": form, "awaited": expected_environments(form)}
    context |= {"search_error": message} if name == "search" else {"wrong": (name, message)}
    if wants_fragment(request):
        return render(request, f"{TEMPLATE}#fragment", context)
    return render(request, TEMPLATE, context, status=400)


def _places(here: dict[str, object]) -> dict[str, str]:
    """Return where the results load from, with JavaScript and without."""
    return {"load_url": link("browse", here), "now_url": link("browse", here, now=1)}


def _results(request: Request, form: BrowseForm) -> dict[str, Any]:
    outcome = outcome_of(
        lambda: grouped_events(backend=backend_for(request), wait=wait_for(request), **form.question()),
        attempt=attempt_of(request.GET.get("try", "")),
    )
    here = {**form.parameters(), "open": request.GET.get("open", ""), "now": int("now" in request.GET)}
    look, refused = outcome.next_look, outcome.refused
    context: dict[str, Any] = {
        "outcome": outcome,
        "answer": outcome.answer,
        "again_url": link("browse", here),
        "shorter_url": shorter_url("browse", form, outcome, **here),
        "poll_url": link("browse", here, **{"try": look.attempt}) if look else "",
        "first_url": link("browse", here, cursor=None, open=None) if form.cleaned_data["cursor"] else "",
        "search_error": refused.message if refused and refused.parameter == "search" else "",
    }
    if outcome.answer:
        page = outcome.answer.value
        context["older_url"] = (
            link("browse", here, cursor=page.next_cursor, open=None) if page.has_more else ""
        )
        context["untagged_url"] = link("untagged", form.parameters(), cursor=None)
        context["rows"] = _rows(request, form, page)
        context["totals"] = total_rows(page.totals, form)
        context["summary"] = _summary(page)
        context["awaited"] = ()
    if context["search_error"]:
        form.add_error("search", context["search_error"])
    return context


def _summary(page: GroupPage) -> str:
    number = len(page.groups)
    words = f"{number:,} correlation {'id' if number == 1 else 'ids'}"
    return f"{words} on this page, latest event first" if page.has_more else f"{words}, latest event first"


def _rows(request: Request, form: BrowseForm, page: GroupPage) -> list[GroupRow]:
    opened = request.GET.get("open", "")
    calls = call_links([group.correlation_id for group in page.groups])
    rows = []
    for group in page.groups:
        is_open = group.correlation_id == opened
        row = group_row(
            group, form, call=calls.get(group.correlation_id), opened=is_open, now="now" in request.GET
        )
        rows.append(row.with_inside(inside_row(request, form, row)) if is_open else row)
    return rows
