"""What is hidden, in clear: on a page of its own, which nothing keeps and which empties itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.audit.record import Event, NotRecorded, record
from dashboard.calls.conversation import conversation
from dashboard.calls.models import Call, CallDetail
from dashboard.calls.shown import ShownCall
from dashboard.ingest.models import Delivery
from dashboard.ingest.pretty import pretty
from dashboard.people.doors import needs
from dashboard.people.roles import REVEAL
from dashboard.reveal.forms import ReasonForm, RevealForm
from dashboard.reveal.granting import NO_TRAIL, NotNow, grant, looks_this_hour, most_an_hour
from dashboard.reveal.recordings import SECONDS, read_ticket, ticket
from sentry_logs.masking.clear import clear

SHOWN_SECONDS = 300


@needs(REVEAL)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal_call(request: HttpRequest, pk: UUID) -> HttpResponse:
    call = Call.objects.filter(pk=pk).select_related("detail").first()
    if call is None:
        return render(request, "calls/call_missing.html", status=404)
    form = RevealForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "call": ShownCall(call), "back": call.get_absolute_url()}
    if not form.is_valid():
        return ask(request, context)
    what = form.cleaned_data["what"]
    try:
        grant(request, form, fields=what, call=call)
    except NotNow as reason:
        return not_now(request, reason, context)
    return render(request, "reveal/call.html", context | _shown(request, call, what))


@needs(REVEAL)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = get_object_or_404(Delivery, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "delivery": delivery, "back": request.path}
    if not form.is_valid():
        return ask(request, context)
    try:
        grant(request, form, fields=["body"], call=delivery.call, detail=f"delivery {delivery.pk}")
    except NotNow as reason:
        return not_now(request, reason, context)
    shown = {"body": pretty(bytes(delivery.body), clear=True), "seconds": SHOWN_SECONDS}
    return render(request, "reveal/delivery.html", context | shown)


@needs(REVEAL)
@never_cache
@require_safe
def open_recording(request: HttpRequest, text: str) -> HttpResponse:
    """Lead to the recording; the page there never learns where from."""
    pk = read_ticket(request, text)
    detail = CallDetail.objects.filter(pk=pk).select_related("call").first() if pk else None
    if detail is None or not detail.recording_link:
        reason = NotNow(f"This link to a recording worked for {SECONDS} seconds. Ask for another.", 410)
        return not_now(request, reason, {"back": detail.call.get_absolute_url() if detail else "/"})
    try:
        record(Event.RECORDING_OPENED, request=request, call=detail.call, fields=["recording"])
    except NotRecorded:
        return not_now(request, NotNow(NO_TRAIL, 503), {"back": detail.call.get_absolute_url()})
    return HttpResponseRedirect(detail.recording_link, headers={"Referrer-Policy": "no-referrer"})


def _shown(request: HttpRequest, call: Call, what: list[str]) -> dict[str, Any]:
    """Return what was asked for in clear, and no more than that."""
    detail = getattr(call, "detail", None) or CallDetail(call=call)
    shown: dict[str, Any] = {"seconds": SHOWN_SECONDS, "what": what}
    if "numbers" in what:
        numbers = [("From", call.from_number), ("To", call.to_number), ("Passed to", detail.transfer_to)]
        shown["numbers"] = [(label, number) for label, number in numbers if number]
    if "conversation" in what:
        shown["summary"] = detail.summary
        shown["lines"] = [(line, clear(line.arguments), clear(line.text)) for line in conversation(detail)]
    if "recording" in what and detail.recording_link:
        shown |= {"ticket": ticket(request, call.pk), "ticket_seconds": SECONDS}
    return shown


def ask(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    used, most = looks_this_hour(request), most_an_hour(request)
    status = 400 if context["form"].is_bound else 200
    return render(request, "reveal/ask.html", context | {"used": used, "most": most}, status=status)


def not_now(request: HttpRequest, reason: NotNow, context: dict[str, Any]) -> HttpResponse:
    response = render(request, "reveal/not_now.html", context | {"reason": str(reason)}, status=reason.status)
    if reason.status == 503:
        response.headers["Retry-After"] = "5"
    return response
