from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase

from dashboard.people.sign_in.sessions import is_over, touch

# Doors that an open page asks by itself: nobody need be there.
ASKED_BY_PAGES = {"calls:marks", "calls:live"}


class SessionLimitsMiddleware:
    """End a session that is over, and one whose person may no longer sign in, at its next request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: object, kwargs: object) -> None:
        # Doors open to all do without a session, and so without the database that keeps it.
        is_open = not getattr(view, "login_required", True)
        if is_open or getattr(request, "api_key", None) is not None or SESSION_KEY not in request.session:
            return
        if is_over(request.session) or not request.user.is_authenticated:
            request.session.flush()
            request.user = AnonymousUser()
        elif request.resolver_match and request.resolver_match.view_name not in ASKED_BY_PAGES:
            touch(request.session)
