"""Events that carry no correlation id: counted on the browse page, listed here."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from sentry_logs.flags import backend_for
from sentry_logs.forms import BrowseForm, first_error
from sentry_logs.services import untagged_events
from sentry_logs.views.links import link
from sentry_logs.views.outcome import attempt_of, outcome_of
from sentry_logs.views.request import Request, page_or_fragment, wait_for, wants_fragment
from sentry_logs.views.words import summary

TITLE = "Events without a correlation id"


@page_or_fragment
def untagged(request: Request) -> HttpResponse:
    form = BrowseForm.for_page(request.GET, request.environment)
    fragment = wants_fragment(request)
    template = "sentry_logs/_untagged.html" if fragment else "sentry_logs/events.html"
    if not form.is_valid():
        wrong = {"wrong": first_error(form), "title": TITLE}
        return render(request, template, wrong, status=200 if fragment else 400)
    outcome = outcome_of(
        lambda: untagged_events(backend=backend_for(request), wait=wait_for(request), **form.question()),
        attempt=attempt_of(request.GET.get("try", "")),
    )
    here, answer, look = form.parameters(), outcome.answer, outcome.next_look
    page = answer.value if answer else None
    context = {
        "title": TITLE,
        "outcome": outcome,
        "answer": answer,
        "summary": summary(answer, later=bool(form.cleaned_data["cursor"])) if answer else "",
        "again_url": link("untagged", here),
        "poll_url": link("untagged", here, **{"try": look.attempt}) if look else "",
        "more_url": link("untagged", here, cursor=page.next_cursor) if page and page.has_more else "",
        "back_url": link("browse", here, cursor=None),
    }
    if fragment and form.cleaned_data["cursor"]:
        template = "sentry_logs/_more.html"
    return render(request, template, context)
