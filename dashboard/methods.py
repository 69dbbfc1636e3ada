"""A method that a door does not take is refused before anything else looks at the request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

# No door takes others. Django's own views would answer them like a GET, TRACE with 200.
TAKEN = ("GET", "HEAD", "POST")


class MethodMiddleware:
    """Answer 405 with the methods that the door takes, whoever asks and before signing in is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        taken = methods_of(view)
        return None if request.method in taken else HttpResponseNotAllowed(taken)


def methods_of(view: Callable[..., Any]) -> list[str]:
    """Return the methods that a view takes, as its decorator or its class says."""
    declared = set(_declared(view))
    return [method for method in TAKEN if method in declared] or list(TAKEN)


def _declared(view: Any) -> Iterator[str]:
    if of_class := getattr(view, "view_class", None):
        own = [name.upper() for name in of_class.http_method_names if hasattr(of_class, name)]
        yield from [*own, "HEAD"] if "GET" in own else own
        return
    while view is not None:
        # Django's require_http_methods keeps its list in a closure and nowhere else.
        names: tuple[str, ...] = getattr(getattr(view, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            yield from view.__closure__[names.index("request_method_list")].cell_contents
        view = getattr(view, "__wrapped__", None)
