"""The Logs panel of a call: embedded in the call page by htmx, a small page of its own without JavaScript."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django_htmx.http import push_url

from sentry_logs.answers import LEVELS, Answer, EventCounts, EventPage
from sentry_logs.flags import backend_for
from sentry_logs.forms import RANGE_LABELS, CallLogsForm, default_range, first_error
from sentry_logs.periods import Period
from sentry_logs.services import count_events, events_for_call, known_events_for_call
from sentry_logs.views.empty import explain
from sentry_logs.views.links import address, link
from sentry_logs.views.outcome import Outcome, attempt_of, outcome_of
from sentry_logs.views.request import Request, page_or_fragment, wait_for, wants_fragment
from sentry_logs.views.shorter import shorter_url
from sentry_logs.views.words import events, levels_of, sources_of, summary

PANEL = "panel"
TOOLBAR = "logs-toolbar"
SHOW = "logs-show"
KEPT = ("id", "started", "ended", "page", "environment")


@page_or_fragment
def call_logs(request: Request) -> HttpResponse:
    form = CallLogsForm.for_page(request.GET, request.environment)
    if not form.is_valid():
        return _render(request, {"wrong": first_error(form)})
    asked, attempt = form.cleaned_data, attempt_of(request.GET.get("try", ""))
    known = None
    if _looks_around_first(request, form, attempt):
        known = known_events_for_call(asked["id"], backend=backend_for(request), **_first_page(form))
        if known is None:
            return _with_address(request, form, _render(request, _around(request, form)))
    outcome = outcome_of(lambda: known or _events(request, form, form.period), attempt=attempt)
    context = _context(form, outcome)
    if asked["cursor"] and wants_fragment(request) and request.htmx.target != PANEL:
        return render(request, "sentry_logs/_more.html", context)
    if outcome.answer:
        context |= _shown(request, form, outcome)
    return _with_address(request, form, _render(request, context))


def _looks_around_first(request: Request, form: CallLogsForm, attempt: int) -> bool:
    """Tell whether a wide range is asked for the first time, by a page that can ask again.

    The minutes around a call are answered faster, and have events that wide ranges do not show yet.
    """
    is_wide = form.cleaned_data["range"] != "call" and not form.cleaned_data["cursor"]
    return is_wide and wants_fragment(request) and not attempt and backend_for(request) == "discover"


def _around(request: Request, form: CallLogsForm) -> dict[str, Any]:
    """Show the call's own time, and ask for the chosen range next."""
    outcome = outcome_of(lambda: _events(request, form, form.around))
    context = _context(form, outcome)
    if outcome.answer:
        found = len(outcome.answer.value.events)
        context |= {
            "poll_url": link("call-logs", form.parameters(), **{"try": 1}),
            "around": f"{events(found) if found else 'Nothing yet'} in the minutes around the call",
            "chosen": RANGE_LABELS[form.cleaned_data["range"]],
            "more_url": "",
        }
    return context


def _events(request: Request, form: CallLogsForm, period: Period) -> Answer[EventPage]:
    question = form.question() | {"period": period}
    correlation_id = form.cleaned_data["id"]
    return events_for_call(correlation_id, backend=backend_for(request), wait=wait_for(request), **question)


def _first_page(form: CallLogsForm) -> dict[str, Any]:
    return {name: value for name, value in form.question().items() if name != "cursor"}


def _context(form: CallLogsForm, outcome: Outcome[EventPage]) -> dict[str, Any]:
    asked, parameters = form.cleaned_data, form.parameters()
    page = outcome.answer.value if outcome.answer else None
    look = outcome.next_look
    return {
        "form": form,
        "everything_of": "this call",
        "has_sources": settings.SENTRY_LOGS,
        "kept": [(name, parameters[name]) for name in KEPT if name in parameters],
        "outcome": outcome,
        "answer": outcome.answer,
        "started": asked["started"],
        "correlation_id": asked["id"],
        "again_url": link("call-logs", parameters),
        "shorter_url": shorter_url("call-logs", form, outcome),
        "poll_url": link("call-logs", parameters, **{"try": look.attempt}) if look else "",
        "more_url": link("call-logs", parameters, cursor=page.next_cursor) if page and page.has_more else "",
        "first_url": link("call-logs", parameters, cursor=None) if asked["cursor"] else "",
        "back_url": address(asked["page"], {"environment": asked["environment"]}) if asked["page"] else "",
    }


def _shown(request: Request, form: CallLogsForm, outcome: Outcome[EventPage]) -> dict[str, Any]:
    """Say how many events there are, and when there are none, where they are instead."""
    answer = outcome.answer
    if answer is None:
        return {}
    page, asked = answer.value, form.cleaned_data
    all_here = not (page.has_more or asked["cursor"])
    if all_here and not asked["level"]:
        counts, counted = levels_of(page.events), answer
    else:
        counts, counted = _counted(request, form, answer)
    total = sum(counts.get(level, 0) for level in asked["level"]) if asked["level"] else sum(counts.values())
    shown: dict[str, Any] = {
        "chip_counts": [(level, counts.get(level, 0)) for level in LEVELS] if counts else [],
        "summary": summary(
            answer, len(page.events) if all_here else total or None, later=bool(asked["cursor"])
        ),
        "sources": sources_of(counted),
    }
    if not page.events and not asked["cursor"]:
        shown["empty"] = explain(form, answer, counts, backend=backend_for(request))
    return shown


def _counted(
    request: Request, form: CallLogsForm, shown: Answer[EventPage]
) -> tuple[dict[str, int], Answer[Any]]:
    """Ask how many events the range has at every level; the list does without the figures if nobody knows."""
    asked = form.cleaned_data
    counted: Outcome[EventCounts] = outcome_of(
        lambda: count_events(
            asked["id"],
            backend=backend_for(request),
            environment=asked["environment"],
            period=form.period,
            source=asked["source"],
            wait=wait_for(request),
        )
    )
    return (counted.answer.value.levels, counted.answer) if counted.answer else ({}, shown)


def _render(request: Request, context: dict[str, Any]) -> HttpResponse:
    template = "sentry_logs/call_logs.html"
    return render(request, f"{template}#panel" if wants_fragment(request) else template, context)


def _with_address(request: Request, form: CallLogsForm, response: HttpResponse) -> HttpResponse:
    """Give the call's page the address of what was just chosen, so that it can be shared."""
    asked = form.cleaned_data
    if not asked["page"] or request.htmx.trigger not in (TOOLBAR, SHOW):
        return response
    usual = asked["range"] == default_range(asked["started"])
    chosen = {
        "range": "" if usual else asked["range"],
        "level": asked["level"],
        "source": asked["source"],
        "environment": asked["environment"],
    }
    return push_url(response, address(asked["page"], chosen))
