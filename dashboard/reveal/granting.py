"""Whether somebody may look now. The trail has the look before anything is shown."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from dashboard.audit.models import Entry
from dashboard.audit.record import Event, NotRecorded, Recorded, Result, record
from dashboard.people.rights import role_of
from dashboard.people.roles import Role
from dashboard.reveal.forms import ReasonForm
from dashboard.reveal.models import Ask

HOUR = timedelta(hours=1)
# As long may the second of two clicks come after the first; later it is a page that is sent again.
SAME_CLICK = timedelta(seconds=10)
LONGEST_WAIT, STEP = 2.0, 0.05
KEPT = timedelta(days=1)
# Of exports only those in clear have something shown; masked ones are done.
IN_CLEAR = (Event.REVEAL, Event.EXPORT)


class NotNow(Exception):
    """Why nothing is shown, in words for the person who asked."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.status = status


TWICE = "This was asked for already. Go back and ask again."
NO_TRAIL = "This could not be written to the audit trail, so it is not shown. Try again."


def grant(
    request: HttpRequest,
    form: ReasonForm,
    *,
    fields: Sequence[str],
    call: Recorded | None = None,
    event: Event = Event.REVEAL,
    detail: str = "",
) -> None:
    """Return when the person may see it, and it is recorded. Raises NotNow.

    The form is valid. Two clicks on one button are one look.
    """
    token = form.cleaned_data["token"]
    told = f"{detail} {token}".strip()
    try:
        _ask, is_first = Ask.objects.get_or_create(token=token)
        if not is_first:
            same = {"event": event, "call_id": call and call.pk, "fields": sorted(fields), "detail": told}
            return _second_click(request, same)
        Ask.objects.filter(at__lt=timezone.now() - KEPT).delete()
        most = most_an_hour(request)
        if looks_this_hour(request) >= most:
            raise NotNow(f"You have looked {most} times within an hour, which is all your role allows.", 429)
        record(
            event,
            request=request,
            call=call,
            fields=fields,
            reason=form.told,
            result=Result.SHOWN,
            detail=told,
        )
    except (NotRecorded, DatabaseError) as error:
        raise NotNow(NO_TRAIL, 503) from error


def most_an_hour(request: HttpRequest) -> int:
    is_lead = role_of(request.user) == Role.LEAD
    return int(settings.REVEALS_AN_HOUR_LEAD if is_lead else settings.REVEALS_AN_HOUR)


def looks_this_hour(request: HttpRequest) -> int:
    mine = Entry.objects.filter(person_id=request.user.pk, at__gte=timezone.now() - HOUR)
    return mine.filter(event__in=IN_CLEAR, result=Result.SHOWN).count()


def _second_click(request: HttpRequest, same: dict[str, Any]) -> None:
    """Wait until the first click is recorded. Raises NotNow when it asked for something else, or long ago."""
    mine = Entry.objects.filter(person_id=request.user.pk, result=Result.SHOWN, detail=same["detail"])
    give_up = time.monotonic() + LONGEST_WAIT
    while not (entry := mine.first()) and time.monotonic() < give_up:
        time.sleep(STEP)
    if (
        entry is None
        or entry.at < timezone.now() - SAME_CLICK
        or any(getattr(entry, name) != fact for name, fact in same.items())
    ):
        raise NotNow(TWICE, 409)
