from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from sentry_logs.views.request import Request


def staff_only(view: Callable[[Request], HttpResponse]) -> Callable[[Request], HttpResponse]:
    """Answer 403 to people who are signed in but no administrators."""

    @wraps(view)
    def wrapped(request: Request) -> HttpResponse:
        if not getattr(request.user, "is_staff", False):
            raise PermissionDenied
        return view(request)

    return wrapped
