from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer that is not a success.

    `body` is what goes over the wire as JSON; `None` means an empty body.
    """

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def bad_request(detail: str) -> ApiError:
    """400 with Sentry's usual shape (Sentry 23.7.1 source, api/base.py)."""
    return ApiError(400, {"detail": detail})


def unauthorized(detail: str) -> ApiError:
    """401 with Sentry's usual shape (Sentry 23.7.1 source, api/authentication.py)."""
    return ApiError(401, {"detail": detail})


def forbidden() -> ApiError:
    """403: the scope is missing, or the project is not yours."""
    return ApiError(403, {"detail": "You do not have permission to perform this action."})


def not_found(detail: str = "The requested resource does not exist") -> ApiError:
    """404 with a body; some of Sentry's 404 answers have none."""
    return ApiError(404, {"detail": detail})


def internal_error() -> ApiError:
    """500 as Sentry words an uncaught exception."""
    return ApiError(500, {"detail": "Internal Error", "errorId": "5a6e64626f7853656e74727900000000"})


class InvalidSearchQuery(Exception):
    """A search that Sentry refuses; becomes a 400 whose detail is this text."""
