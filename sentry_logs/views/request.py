"""What the views need to know of a request, and how a page and its fragments share an address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

WHOLE_PAGE_WAITS = 3.0


class Request(HttpRequest):
    """A request as the middleware leaves it."""

    htmx: HtmxDetails
    environment: str


def wants_fragment(request: Request) -> bool:
    return bool(request.htmx) and not request.htmx.history_restore_request


def wait_for(request: Request) -> float:
    """Return how long to wait for somebody else's question: a fragment asks again, a whole page cannot."""
    return 0.0 if wants_fragment(request) else WHOLE_PAGE_WAITS


def page_or_fragment(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Serve GET, kept apart in caches by whether htmx asked."""

    @require_safe
    @never_cache
    @wraps(view)
    def wrapped(request: Request, **place: str) -> HttpResponse:
        response = view(request, **place)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return wrapped
