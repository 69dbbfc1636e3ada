from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

from dashboard import environment
from sentry_logs.errors import error_response

API_PREFIX = "/api/"
API_ERRORS = {
    400: ("bad_request", "The request could not be read."),
    403: ("forbidden", "You may not do this."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method."),
    500: (
        "server_error",
        "Something went wrong on our side. Try again, and tell an administrator if it stays.",
    ),
}


class ApiErrorMiddleware:
    """Give every failure under /api/ the one JSON error shape, also those Django itself answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith(API_PREFIX) or response.status_code < 400:
            return response
        if response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        code, message = API_ERRORS.get(response.status_code, ("error", "The request failed."))
        answer = error_response(response.status_code, code, message)
        if "Allow" in response.headers:
            answer["Allow"] = response["Allow"]
        return answer


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Send a person to the sign-in page, htmx by its own redirect header, and a machine a 401 in JSON."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[object, ...],
        view_kwargs: dict[str, object],
    ) -> HttpResponseBase | None:
        if getattr(request, "api_key", None) is not None:
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]  # the stub allows a plain redirect only
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if request.path_info.startswith(API_PREFIX):
            return error_response(
                401, "not_signed_in", "Sign in, or send an API key as Authorization: Bearer."
            )
        if request.headers.get("HX-Request") == "true":
            page = urlsplit(request.headers.get("HX-Current-URL", "/"))
            back = page.path + (f"?{page.query}" if page.query else "")
            return HttpResponseClientRedirect(redirect_to_login(back).url)
        return super().handle_no_permission(request, view_func)


class EnvironmentMiddleware:
    """Put the chosen environment on the request: from the link that was followed, else from the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.path_info.startswith((API_PREFIX, "/admin/")) or not request.user.is_authenticated:
            return None
        asked = request.GET.get("environment") if request.method in ("GET", "HEAD") else None
        if asked is not None and not environment.is_known(asked):
            request.environment = environment.read(request)  # type: ignore[attr-defined]  # see http.Request
            known = ", ".join(name for name, _label in environment.choices())
            return render(
                request, "400.html", {"detail": f"The environment must be one of: {known}."}, status=400
            )
        # A fragment that a page in another tab asks for by itself must not switch this one.
        if asked is not None and "HX-Request" not in request.headers:
            environment.remember(request, asked)
        request.environment = asked or environment.read(request)  # type: ignore[attr-defined]  # see http.Request
        return None
