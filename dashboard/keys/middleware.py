from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from dashboard.keys.models import ApiKey
from sentry_logs.errors import error_response


class ApiKeyMiddleware:
    """Let a request under /api/ in by its bearer key. A wrong key is refused even beside a good session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        header = request.headers.get("Authorization", "")
        if not request.path_info.startswith("/api/") or not header:
            return self.get_response(request)
        scheme, _, secret = header.partition(" ")
        key = ApiKey.find(secret.strip()) if scheme.lower() == "bearer" and secret.strip() else None
        if key is None:
            return error_response(401, "bad_key", "This API key is not known or was revoked.")
        if key.scope != ApiKey.Scope.READ:
            return error_response(403, "forbidden", "This API key may not read.")
        request.api_key = key  # type: ignore[attr-defined]  # read by LoginRequiredMiddleware
        return self.get_response(request)
