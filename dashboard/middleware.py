from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

from dashboard import environment
from sentry_logs.errors import error_response

API_PREFIX = "/api/"
MACHINE_PREFIXES = (API_PREFIX, "/webhooks/")
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


def is_for_machines(path: str) -> bool:
    """Whether a door answers programs; the page about these doors is for people."""
    return path.startswith(MACHINE_PREFIXES) and path != API_PREFIX


def answers_json(request: HttpRequest) -> bool:
    """Whether to answer in JSON: at a machine's door, and to who would rather have it than a page."""
    if is_for_machines(request.path_info):
        return True
    # A client that takes anything gets the page.
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


class ApiErrorMiddleware:
    """Give every failure at a machine's door the one JSON error shape, also those Django itself answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code < 400 or not answers_json(request):
            return response
        if response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        code, message = API_ERRORS.get(response.status_code, ("error", "The request failed."))
        answer = error_response(response.status_code, code, message)
        for header, value in response.headers.items():
            if not header.startswith("Content-"):
                answer.headers.setdefault(header, value)
        answer.cookies = response.cookies
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
        # Django asks who is there first, and so the database, also at doors that are open to all.
        is_open = not getattr(view_func, "login_required", True)
        if is_open or getattr(request, "api_key", None) is not None:
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]  # the stub allows a plain redirect only
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if getattr(view_func, "hidden", False):
            raise Http404
        if answers_json(request):
            return error_response(
                401, "not_signed_in", "Sign in, or send an API key as Authorization: Bearer."
            )
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(redirect_to_login(_page_of(request)).url)
        if request.method not in ("GET", "HEAD"):
            # A form is not sent again after signing in, and its door would not take a GET.
            return redirect_to_login(_page_of_form(request))
        return super().handle_no_permission(request, view_func)


def _page_of(request: HttpRequest) -> str:
    """Return the path of the page that asks for a fragment."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL", "/"))
    except ValueError:
        return "/"
    return page.path + (f"?{page.query}" if page.query else "")


def _page_of_form(request: HttpRequest) -> str:
    """Return the path of our page that a form was sent from, else the first page."""
    try:
        page = urlsplit(request.headers.get("Referer", "/"))
    except ValueError:
        return "/"
    if page.netloc != request.get_host():
        return "/"
    return page.path + (f"?{page.query}" if page.query else "")


class EnvironmentMiddleware:
    """Put the chosen environment on the request: from the link that was followed, else from the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        path = request.path_info
        has_none = is_for_machines(path) or path.startswith("/admin/")
        # Who is there, the database says: doors that are open to all do without it.
        is_open = not getattr(view_func, "login_required", True)
        if has_none or is_open or not request.user.is_authenticated:
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
