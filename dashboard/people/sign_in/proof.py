"""Doors that want to know once more, or better, who somebody is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from dashboard.middleware import is_for_machines
from dashboard.people.sign_in.second_factor import is_verified, is_wanted_of
from dashboard.people.sign_in.sessions import is_proved
from sentry_logs.errors import error_response

# What somebody without the second factor of the role may still do: set it up, or leave.
BEFORE_ENROLMENT = {"people:second-factor", "people:confirm", "logout"}
NEEDS_PROOF = {
    "people:second-factor",
    "people:recovery-codes",
    "people:second-factor-remove",
    *(f"admin:keys_apikey_{act}" for act in ("add", "change", "delete")),
    *(f"admin:auth_user_{act}" for act in ("add", "change", "delete")),
    "admin:auth_user_password_change",
}
# Lists can be read; what is done to the chosen rows needs proof.
NEEDS_PROOF_TO_POST = {"admin:keys_apikey_changelist", "admin:auth_user_changelist"}


class ProofMiddleware:
    """Lead to the setup of a second factor where the role wants one, and to a proof before keys change."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: object, kwargs: object
    ) -> HttpResponse | None:
        is_open = not getattr(view, "login_required", True)
        if is_open or getattr(request, "api_key", None) is not None or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        if name not in BEFORE_ENROLMENT and is_wanted_of(request.user) and not is_verified(request.session):
            return _lead_to(request, reverse("people:second-factor"))
        is_change = request.method not in ("GET", "HEAD") and name in NEEDS_PROOF_TO_POST
        if (is_change or name in NEEDS_PROOF) and not is_proved(request.session):
            back = reverse("people:account") if name.startswith("people:") else request.path
            back = request.path if name == "people:second-factor" else back
            return _lead_to(request, f"{reverse('people:confirm')}?{urlencode({'next': back}, safe='/')}")
        return None


def _lead_to(request: HttpRequest, page: str) -> HttpResponse:
    if is_for_machines(request.path_info):
        return error_response(403, "second_factor_needed", "Set up your second factor first.")
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(page)
    return redirect(page)
