from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.contrib.auth.models import AnonymousUser
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from dashboard.audit.record import Event, note
from dashboard.failures import answer_to
from dashboard.keys import refusing
from dashboard.keys.credentials import bearer, is_in_address, is_ours
from dashboard.keys.models import ApiKey
from dashboard.keys.scopes import scope_of
from dashboard.middleware import API_PREFIX, is_for_machines
from sentry_logs.errors import error_response

MAY_NOT = {
    ApiKey.Scope.READ: "This API key may not read. Make one with --scope read.",
    ApiKey.Scope.INGEST: "This API key may not send calls. Make one with --scope ingest.",
}


class ApiKeyMiddleware:
    """Let a request under /api/ in by its bearer key, and by that alone: a session beside it counts nothing.

    A wrong key is refused even beside a good session, and a key in an address everywhere.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_in_address(request, is_api=_is_api(request)):
            return refusing.in_address(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if not _is_api(request):
            is_open = not getattr(view, "login_required", True)
            return None if is_open or not is_ours(bearer(request)) else refusing.no_door_for_keys()
        needed = scope_of(view, request.method)
        if request.headers.get("Authorization"):
            return _let_in(request, needed)
        if needed == ApiKey.Scope.INGEST and request.user.is_authenticated:
            return _refuse(403, "Calls are sent with an API key of scope ingest, not by a signed-in person.")
        return None


def _let_in(request: HttpRequest, needed: ApiKey.Scope) -> HttpResponse | None:
    """Put the key on the request, or return why it does not open this door."""
    secret, now = bearer(request), timezone.now()
    try:
        key = ApiKey.find(secret) if secret else None
    except Error as error:
        if failure := answer_to(request, error):
            return failure
        raise
    if key is None:
        return refusing.bad_key(request, secret, now)
    request.api_key = key  # type: ignore[attr-defined]  # LoginRequiredMiddleware reads it, and the doors do
    request.user = AnonymousUser()
    if key.scope != needed:
        return _refuse(403, MAY_NOT[needed])
    # A database that only reads still answers readers.
    with suppress(Error):
        if key.note_use(now):
            note(Event.KEY_FIRST_USED, request=request, detail=key.name)
    return _keep_to(key, request)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIX) and is_for_machines(request.path_info)


def _keep_to(key: ApiKey, request: HttpRequest) -> HttpResponse | None:
    """Let a key for one environment ask about that one only, and ask about it where it names none."""
    if not key.environment or key.scope != ApiKey.Scope.READ:
        return None
    asked = [name for name in request.GET.getlist("environment") if name]
    if any(name != key.environment for name in asked):
        return _refuse(403, f"This API key is for {key.environment} only.")
    if not asked:
        question = request.GET.copy()
        question["environment"] = key.environment
        request.GET = question  # type: ignore[assignment]  # it may be replaced, as the test client does
    return None


def _refuse(status: int, message: str) -> HttpResponse:
    return error_response(status, "forbidden", message)
