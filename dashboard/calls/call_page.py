"""The page of one call: its facts beside its logs or its conversation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard import environment
from dashboard.audit.shown import call_opened, looks_at
from dashboard.calls.conversation import conversation
from dashboard.calls.marks import checked, marks_context, unchecked
from dashboard.calls.models import Call, CallDetail
from dashboard.calls.polling import Polling
from dashboard.calls.shown import ShownCall
from dashboard.calls.verdict import Verdict, decide
from dashboard.http import Request
from dashboard.people.doors import needs
from dashboard.people.roles import SEE_CALLS
from sentry_logs.answers import ALL_ENVIRONMENTS, ErrorMark
from sentry_logs.flags import backend_for
from sentry_logs.masking import count_hidden

ELSEWHERE = "Sentry was not asked: the call is in another environment than the chosen one."


@needs(SEE_CALLS)
@require_safe
def call_logs(request: Request, pk: UUID) -> HttpResponse:
    return _page(request, pk, "logs")


@needs(SEE_CALLS)
@require_safe
def call_conversation(request: Request, pk: UUID) -> HttpResponse:
    return _page(request, pk, "conversation")


@needs(SEE_CALLS)
@never_cache
@require_safe
def call_verdict(request: Request, pk: UUID) -> HttpResponse:
    """Judge one call anew, with what Sentry says of it now."""
    call = Call.objects.filter(pk=pk).select_related("detail").first()
    if call is None:
        raise Http404
    marked = checked([call], backend=backend_for(request), environment=request.environment)
    (row,) = marked.rows
    polling = Polling.read(request.GET)
    return render(request, "calls/_verdict.html", _verdict(call, row.mark, polling))


def _verdict(call: Call, mark: ErrorMark, polling: Polling) -> dict[str, Any]:
    verdict = decide(call, detail_of(call), mark)
    return {
        "verdict": verdict,
        "verdict_url": f"{reverse('calls:verdict', args=[call.pk])}?try={polling.next_try}",
        "verdict_trigger": _looks_again(verdict, mark, polling),
    }


def _looks_again(verdict: Verdict, mark: ErrorMark, polling: Polling) -> str:
    """Return when the page asks for a newer verdict: soon while Sentry is asked, never once it is whole."""
    if mark.reason == ELSEWHERE:
        return ""
    if mark.state == "checking" and polling.delay is not None:
        return f"load delay:{polling.delay}s" if polling.tries else "load"
    return "every 60s" if verdict.weight == "open" else ""


def detail_of(call: Call) -> CallDetail:
    """Return the rest of a call; one that was never told of in detail has no such row."""
    return getattr(call, "detail", None) or CallDetail(call=call)


def _page(request: Request, pk: UUID, tab: str) -> HttpResponse:
    call = Call.objects.filter(pk=pk).select_related("detail").prefetch_related("aliases").first()
    if call is None:
        return render(request, "calls/call_missing.html", status=404)
    call_opened(request, call)
    return render(request, f"calls/call_{tab}.html", _context(request, call) | {"tab": tab})


def _context(request: Request, call: Call) -> dict[str, Any]:
    shown, lines = ShownCall(call), conversation(detail_of(call))
    marked = unchecked([call])
    is_elsewhere = request.environment not in (ALL_ENVIRONMENTS, call.environment)
    mark = ErrorMark("failed", reason=ELSEWHERE) if is_elsewhere else marked.rows[0].mark
    return (
        {"looks": looks_at(call, seen_by=request.user)}
        | marks_context(request, marked, Polling())
        | _verdict(call, mark, Polling())
        | {
            "call": shown,
            "detail": shown.detail,
            "lines": lines,
            "hidden": count_hidden(shown.detail.summary) + sum(line.hidden for line in lines),
            "logs_url": _logs_url(request, call),
            "is_elsewhere": is_elsewhere,
            "switch_to": call.environment if environment.is_known(call.environment) else ALL_ENVIRONMENTS,
        }
    )


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
