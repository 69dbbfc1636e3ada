"""The questions of manage.py sentry_check, asked and shown for administrators."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from sentry_logs.services.check import recent_check
from sentry_logs.services.findings import FAILING, FINE, exit_status
from sentry_logs.views.links import link
from sentry_logs.views.outcome import attempt_of, outcome_of
from sentry_logs.views.request import Request, page_or_fragment, wait_for, wants_fragment
from sentry_logs.views.staff import staff_only

TEMPLATE = "sentry_logs/check.html"
VERDICTS = {
    FINE: "Everything that was asked works.",
    FAILING: "Something does not work. See the lines that fail.",
}
WRONG = "The settings are wrong, so Sentry was not asked."


@page_or_fragment
@staff_only
def check(request: Request) -> HttpResponse:
    if not wants_fragment(request) and "now" not in request.GET:
        places = {"load_url": link("check", {}), "now_url": link("check", {}, now=1)}
        return render(request, TEMPLATE, places)
    outcome = outcome_of(
        lambda: recent_check(wait=wait_for(request)), attempt=attempt_of(request.GET.get("try", ""))
    )
    look = outcome.next_look
    context: dict[str, Any] = {
        "outcome": outcome,
        "answer": outcome.answer,
        "again_url": link("check", {}, now=int("now" in request.GET)),
        "poll_url": link("check", {}, **{"try": look.attempt}) if look else "",
    }
    if outcome.answer:
        status = exit_status(outcome.answer.value)
        context |= {"fine": status == FINE, "verdict": VERDICTS.get(status, WRONG)}
    return render(request, f"{TEMPLATE}#findings" if wants_fragment(request) else TEMPLATE, context)
