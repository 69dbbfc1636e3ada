"""One event in full: inside its row, fetched when it is opened, or a page of its own to be shared."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sentry_logs.answers import Answer
from sentry_logs.call_links import call_links
from sentry_logs.event_text import as_json, as_text
from sentry_logs.flags import backend_for
from sentry_logs.forms import EventForm, first_error
from sentry_logs.services import whole_event
from sentry_logs.views.links import address
from sentry_logs.views.outcome import attempt_of, outcome_of
from sentry_logs.views.request import Request, page_or_fragment, wait_for, wants_fragment
from sentry_logs.whole_event import WholeEvent

EVENT_ID = re.compile(r"[0-9a-f]{32}")


@page_or_fragment
def event(request: Request, project: str, event_id: str) -> HttpResponse:
    if not EVENT_ID.fullmatch(event_id):
        raise Http404
    fragment = wants_fragment(request)
    template = "sentry_logs/_whole.html" if fragment else "sentry_logs/event.html"
    form = EventForm.for_page(request.GET, request.environment)
    if not form.is_valid():
        template = "sentry_logs/_wrong.html" if fragment else "sentry_logs/events.html"
        return render(request, template, {"wrong": first_error(form)}, status=200 if fragment else 400)
    outcome = outcome_of(
        lambda: whole_event(project, event_id, backend=backend_for(request), wait=wait_for(request)),
        attempt=attempt_of(request.GET.get("try", "")),
    )
    here, look = reverse("sentry:event", args=[project, event_id]), outcome.next_look
    context = {
        "outcome": outcome,
        "answer": outcome.answer,
        "started": form.cleaned_data["started"],
        "again_url": address(here, form.parameters()),
        "poll_url": address(here, form.parameters(), **{"try": look.attempt}) if look else "",
        "permanent_url": here,
        "event_id": event_id,
        **(_shown(outcome.answer, alone=not fragment) if outcome.answer else {}),
    }
    return render(request, template, context)


def _shown(answer: Answer[WholeEvent], *, alone: bool) -> dict[str, Any]:
    whole = answer.value
    ids = [value for name, value in whole.tags if name == settings.SENTRY_CORRELATION_TAG]
    return {
        "whole": whole,
        "text": as_text(whole),
        "json": as_json(whole),
        "call": call_links(ids).get(ids[0]) if alone and ids else None,
    }
