"""The one JSON error shape of everything under /api/."""

from __future__ import annotations

from http import HTTPStatus

from django.http import JsonResponse


def error_response(
    status: int, code: str, message: str, *, parameter: str | None = None, retry_after: float | None = None
) -> JsonResponse:
    """Return `{"error": {"code", "message", "status", "parameter"?, "retryAfter"?}}` with its HTTP status."""
    error: dict[str, object] = {"code": code, "message": message, "status": status}
    if parameter is not None:
        error["parameter"] = parameter
    response = JsonResponse({"error": error}, status=status)
    if retry_after is not None:
        error["retryAfter"] = max(1, round(retry_after))
        response = JsonResponse({"error": error}, status=status)
        response["Retry-After"] = str(max(1, round(retry_after)))
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response
