from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from dashboard.people.doors import needed_by, refuse
from dashboard.people.rights import may
from dashboard.people.roles import REVEAL, SIGNED_IN
from dashboard.people.sign_in.second_factor import is_verified

logger = logging.getLogger(__name__)


class RoleMiddleware:
    """Let a signed-in person through a door only with the right that it needs. Keys have scopes instead."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: object, kwargs: object
    ) -> HttpResponse | None:
        is_open = not getattr(view, "login_required", True)
        if is_open or getattr(request, "api_key", None) is not None:
            return None
        right = needed_by(view, request.resolver_match)
        if right is None:
            logger.error("No right is named for %s, so nobody may open it.", request.path_info)
        elif right == SIGNED_IN or (may(request.user, right) and _is_sure_enough(request, right)):
            return None
        return refuse(request, right)


def _is_sure_enough(request: HttpRequest, right: str) -> bool:
    """Where the settings say so, personal data is shown to nobody on the strength of a password alone."""
    return right != REVEAL or not settings.SECOND_FACTOR_FOR_REVEAL or is_verified(request.session)
