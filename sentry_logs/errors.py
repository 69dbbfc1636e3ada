"""The one JSON error shape of everything under /api/."""

from __future__ import annotations

from http import HTTPStatus

from django.http import JsonResponse


def error_response(
    status: int,
    code: str,
    message: str,
    *,
    parameter: str | None = None,
    retry_after: float | None = None,
    **more: object,
) -> JsonResponse:
    """Return `{"error": {"code", "message", "status", "parameter"?, "retryAfter"?}}` with its HTTP status.

    `more` stands beside the error.
    """
    error: dict[str, object] = {"code": code, "message": message, "status": status}
    if parameter is not None:
        error["parameter"] = parameter
    if retry_after is not None:
        error["retryAfter"] = max(1, round(retry_after))
    response = JsonResponse({"error": error, **more}, status=status)
    if retry_after is not None:
        response["Retry-After"] = str(error["retryAfter"])
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response
