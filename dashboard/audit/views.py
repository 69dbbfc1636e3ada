from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from dashboard.audit.files import FORMATS, trail_file
from dashboard.audit.forms import TrailFilter, TrailForm
from dashboard.audit.reading import busiest, found, read_page, visible_to
from dashboard.audit.record import Event, NotRecorded, record
from dashboard.http import Request
from dashboard.people.doors import needs
from dashboard.people.rights import may
from dashboard.people.roles import SEE_AUDIT, SEE_CALLS

TABLE = "trail"


@needs(SEE_CALLS)
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def trail(request: Request) -> HttpResponse:
    """Show what was recorded: everything to those who may see it, to others what they did themselves."""
    form, is_everything = TrailForm(request.GET), may(request.user, SEE_AUDIT)
    is_fragment = request.htmx.target == TABLE and not request.htmx.history_restore_request
    context: dict[str, Any] = {"form": form, "is_everything": is_everything}
    status = 200
    if form.is_valid():
        context |= _found(request, form.filter())
        if is_everything:
            context["busiest"] = busiest(timezone.now())
    elif not is_fragment:
        status = 400
    template = "audit/trail.html#trail" if is_fragment else "audit/trail.html"
    response = render(request, template, context, status=status)
    if is_fragment and "asked" in context:
        response["HX-Push-Url"] = reverse("audit:trail") + context["asked"].query()
    return response


@needs(SEE_AUDIT)
@require_POST
def export(request: Request) -> HttpResponseBase:
    """Give the entries of these filters as a file. That is an entry as well, and in the file."""
    form = TrailForm(request.POST)
    format = request.POST.get("format", "")
    if not form.is_valid() or format not in FORMATS:
        detail = "The format can be csv or jsonl." if form.is_valid() else "These filters cannot be read."
        return render(request, "400.html", {"detail": detail}, status=400)
    asked, now = form.filter(), timezone.now()
    rows = trail_file(found(visible_to(request.user), asked, now), format)
    if rows is None:
        return render(request, "audit/busy.html", status=503)
    try:
        record(Event.EXPORT, request=request, fields=["audit trail"], detail=f"{format} {asked.query()}")
    except NotRecorded:
        rows.close()
        raise
    return StreamingHttpResponse(
        rows,
        content_type=FORMATS[format],
        headers={"Content-Disposition": f'attachment; filename="audit-{now:%Y-%m-%d}.{format}"'},
    )


def _found(request: Request, asked: TrailFilter) -> dict[str, Any]:
    page = read_page(found(visible_to(request.user), asked, timezone.now()), asked)
    here, rows = reverse("audit:trail"), page.entries
    return {
        "asked": asked,
        "page": page,
        "newer_url": here + asked.query(after=rows[0].pk) if rows and page.has_newer else "",
        "older_url": here + asked.query(before=rows[-1].pk) if rows and page.has_older else "",
    }
