from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.audit.shown import call_opened
from dashboard.calls.models import Call
from dashboard.calls.shown import ShownCall
from dashboard.evidence.forms import HoldForm, PinForm
from dashboard.evidence.holds import Held, place, release
from dashboard.evidence.models import Evidence, Hold
from dashboard.evidence.page import Shown
from dashboard.evidence.pins import pin, take, unpin
from dashboard.http import Request
from dashboard.people.doors import needs
from dashboard.people.roles import HOLD, PIN, SEE_CALLS
from sentry_logs.flags import backend_for
from sentry_logs.services import StillAsking

LONGEST_WAIT = 3.0


@require_safe
@needs(SEE_CALLS)
def show(request: Request, pk: UUID) -> HttpResponse:
    context = _context(request, pk)
    if context is None:
        return render(request, "calls/call_missing.html", status=404)
    call_opened(request, Held(pk))
    return render(request, "evidence/evidence.html", context)


@require_POST
@needs(PIN)
def pin_call(request: Request, pk: UUID) -> HttpResponse:
    call = _call(pk)
    form = PinForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("Give a reason of at most 500 characters.")
    pin(call, by=request.user, reason=form.cleaned_data["reason"], known=form.cleaned_data["known"])  # type: ignore[arg-type]  # signed in
    return redirect("evidence:show", pk)


@require_POST
@needs(PIN)
def take_waiting(request: Request, pk: UUID) -> HttpResponse:
    """Ask Sentry for what waits: by htmx as soon as the page is there, without scripts by a button."""
    evidence = Evidence.objects.filter(call_id=pk).waiting().first()
    is_fragment = request.htmx.target == "evidence"
    asking = False
    if evidence:
        try:
            take(evidence, backend=backend_for(request), wait=0.0 if is_fragment else LONGEST_WAIT)
        except StillAsking:
            asking = True
    if not is_fragment:
        return redirect("evidence:show", pk)
    context = _context(request, pk)
    if context is None:
        raise Http404
    return render(request, "evidence/_story.html", context | {"is_asked": True, "asking": asking})


@require_POST
@needs(HOLD)
def unpin_call(request: Request, pk: UUID, evidence: UUID) -> HttpResponse:
    if unpin(pk, evidence):
        messages.success(request, "The snapshot was deleted.")
    else:
        messages.error(request, "The snapshot was not deleted: the call is under legal hold.")
    return redirect("evidence:show", pk)


@require_POST
@needs(HOLD)
def hold_call(request: Request, pk: UUID) -> HttpResponse:
    form = HoldForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say in at least 10 characters why.")
    elif form.cleaned_data["act"] == "place":
        place(_call(pk), request.user, form.cleaned_data["reason"])  # type: ignore[arg-type]  # signed in
    else:
        release(pk, request.user, form.cleaned_data["reason"])  # type: ignore[arg-type]  # signed in
    return redirect("evidence:show", pk)


def _call(pk: UUID) -> Call:
    call = Call.objects.filter(pk=pk).first()
    if call is None:
        raise Http404
    return call


def _context(request: Request, pk: UUID) -> dict[str, Any] | None:
    """Return what the page shows; None when neither a call nor evidence of one is there."""
    call = Call.objects.filter(pk=pk).first()
    known = list(Evidence.objects.filter(call_id=pk).newest_first().select_related("pinned_by"))
    if call is None and not known:
        return None
    taken = [one for one in known if one.taken_at]
    chosen = next((one for one in taken if str(one.pk) == request.GET.get("snapshot")), None)
    shown = chosen or (taken[0] if taken else None)
    return {
        "call": call and ShownCall(call),
        "call_pk": pk,
        "shown": Shown.read(shown) if shown else None,
        "waiting": next((one for one in known if not one.taken_at), None),
        "others": [one for one in taken if one != shown],
        "known": len(known),
        "taken": len(taken),
        "may_pin": request.user.has_perm(PIN),
        "may_hold": request.user.has_perm(HOLD),
        "hold": Hold.objects.active().filter(call_id=pk).select_related("placed_by").first(),
        "tab": "evidence",
    }
