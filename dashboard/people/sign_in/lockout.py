"""After five wrong tries: a name is shut for one address, for a quarter of an hour. django-axes counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from dashboard.middleware import is_for_machines
from sentry_logs.errors import error_response


def locked_out(
    request: HttpRequest, response: HttpResponseBase, credentials: Mapping[str, Any] | None
) -> HttpResponse:
    """Answer 429 and say when the next try is heard; also for names that do not exist."""
    opens_at = _opens_at(request, (credentials or {}).get("username"))
    wait = max(1, round((opens_at - timezone.now()).total_seconds()))
    if is_for_machines(request.path_info):
        return error_response(429, "locked", "Too many wrong tries.", retry_after=wait)
    answer = render(request, "people/locked.html", {"opens_at": opens_at}, status=429)
    answer["Retry-After"] = str(wait)
    return answer


def _opens_at(request: Any, username: str | None) -> datetime:
    tries = AccessAttempt.objects.filter(username=username, ip_address=request.axes_ip_address)
    last: datetime | None = tries.aggregate(last=Max("attempt_time"))["last"]
    opens_at: datetime = (last or timezone.now()) + settings.AXES_COOLOFF_TIME
    return opens_at
