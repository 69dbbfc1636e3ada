"""The calls of the table as a file to keep."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from django import forms
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.audit.record import Event, NotRecorded, record
from dashboard.calls.exporting import CSV, FORMATS, Export, Format, export
from dashboard.calls.forms import CallFilter, CallFilterForm
from dashboard.calls.models import CallQuerySet
from dashboard.calls.number_search import ending
from dashboard.calls.only_errors import TooManyWithErrors, ids_with_errors
from dashboard.calls.phone import mask
from dashboard.http import Request
from dashboard.people.doors import needs
from dashboard.people.roles import EXPORT
from sentry_logs.flags import backend_for
from sentry_logs.services import LogsUnavailable, QuestionRefused, StillAsking

PATIENCE = 3.0
LONGEST_LOGGED = 200
BUSY = "Other exports are running. Try again when they are done."


class NoFile(Exception):
    """Why there is no file, in words for the person who asked for it."""

    def __init__(self, reason: str, status: int = 503) -> None:
        super().__init__(reason)
        self.status = status


class ExportForm(CallFilterForm):
    format = forms.ChoiceField(
        required=False,
        choices=[(name, name) for name in FORMATS],
        error_messages={"invalid_choice": "The format can be csv or jsonl."},
    )


@needs(EXPORT)
@never_cache
@require_safe
def call_export(request: Request) -> HttpResponseBase:
    form = ExportForm(request.GET, request.session)
    try:
        if not form.is_valid():
            raise NoFile(" ".join(str(text) for texts in form.errors.values() for text in texts), status=400)
        return file_of(request, form.filter(), FORMATS[form.cleaned_data["format"] or CSV.name])
    except NoFile as reason:
        return no_file(request, reason)


def file_of(request: Request, asked: CallFilter, format: Format, *, clear: bool = False) -> HttpResponseBase:
    """Return the calls of the table as a file, masked or in clear. Raises NoFile."""
    calls, is_complete = _calls(request, asked)
    rows = export(calls, format, _words(request, asked, format), clear=clear)
    if rows is None:
        raise NoFile(BUSY)
    if not clear:
        _record(request, asked, format, rows)
    name = _file_name(request.environment, is_complete, format)
    return StreamingHttpResponse(
        rows,
        content_type=format.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _record(request: Request, asked: CallFilter, format: Format, rows: Export) -> None:
    filters = replace(asked, cursor=None).query(request.environment)
    try:
        record(Event.EXPORT, request=request, fields=["calls, masked"], detail=f"{format.name} {filters}")
    except NotRecorded:
        rows.close()
        raise


def _calls(request: Request, asked: CallFilter) -> tuple[CallQuerySet, bool]:
    """Return the calls that the table shows for these filters, and whether none can be missing."""
    calls = asked.calls(request.environment, timezone.now())
    if not asked.by_sentry:
        return calls, True
    try:
        answer = ids_with_errors(
            asked, backend=backend_for(request), environment=request.environment, wait=PATIENCE
        )
    except (LogsUnavailable, QuestionRefused, StillAsking) as failure:
        raise NoFile(f"{failure.message} We cannot say which calls had errors.") from failure
    except TooManyWithErrors as failure:
        raise NoFile("Too many calls had errors in this time. Choose a shorter time.", 400) from failure
    return calls.with_correlation_ids(answer.value), answer.complete


def _file_name(environment: str, is_complete: bool, format: Format) -> str:
    parts = ["calls", re.sub(r"[^A-Za-z0-9_-]", "-", environment), f"{timezone.now():%Y-%m-%d}"]
    return "-".join(parts if is_complete else [*parts, "incomplete"]) + f".{format.name}"


def _words(request: Request, asked: CallFilter, format: Format) -> str:
    """Say who takes what along; a number that was searched for is masked here as everywhere."""
    typed = mask(asked.q) if ending(asked.q.strip()) else asked.q[:LONGEST_LOGGED]
    filters = replace(asked, link_q=typed, cursor=None).query(request.environment)
    return f"user={quote(request.user.get_username())} format={format.name} filters={filters}"


def no_file(request: Request, reason: NoFile) -> HttpResponse:
    context = {"reason": str(reason), "can_try_again": reason.status == 503}
    return render(request, "calls/export_missing.html", context, status=reason.status)
