"""Answers that say no, as entries: one a minute for each asker and door, however often somebody tries."""

from __future__ import annotations

import logging

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponseBase

from dashboard.audit.asking import address_of, asker
from dashboard.audit.lately import lately
from dashboard.audit.record import Event, Result, note

REFUSALS = {403: (Event.DENIED, Result.DENIED), 429: (Event.LIMITED, Result.LIMITED)}

logger = logging.getLogger(__name__)


def note_refusal(request: HttpRequest, response: HttpResponseBase) -> None:
    """Record that a person or key was refused, or that an address was slowed down."""
    if response.status_code not in REFUSALS or request.path_info.startswith("/webhooks/"):
        return
    try:
        _note(request, *REFUSALS[response.status_code])
    except (DatabaseError, InterfaceError):
        logger.exception("Not recorded: a refusal.")


def _note(request: HttpRequest, event: Event, result: Result) -> None:
    who = asker(request)
    # A stranger who is sent away at the door is no person whose rights were too few.
    if who is None and event == Event.DENIED:
        return
    door = request.resolver_match.view_name if request.resolver_match else ""
    if lately.takes(1, event, who or address_of(request), door):
        note(event, request=request, result=result)
