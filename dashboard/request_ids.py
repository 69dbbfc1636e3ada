"""A name for each request, by which its answer and its log lines find each other."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase

OUTSIDE = "-"
_current: ContextVar[str] = ContextVar("request_id", default=OUTSIDE)


class RequestIdMiddleware:
    """Name the request and say the name in the answer. A name from outside is not believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = secrets.token_hex(8)
        _current.set(name)
        response = self.get_response(request)
        response["X-Request-Id"] = name
        return response


def current_request_id() -> str:
    """Return the name of the request that this code works for, or "-" where there is none."""
    return _current.get()


@receiver(request_finished)
def _forget(**kwargs: object) -> None:
    # Only now: Django writes the line of a refused request after all middleware has ended.
    _current.set(OUTSIDE)
