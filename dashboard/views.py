from __future__ import annotations

import sys
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotFound,
    HttpResponseRedirect,
    HttpResponseServerError,
)
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.defaults import page_not_found

from dashboard import environment
from dashboard.failures import answer_to
from dashboard.people.doors import needs
from dashboard.people.roles import SEE_CALLS
from dashboard.request_ids import current_request_id

# Parameters of a walk through one environment's rows mean nothing in another.
PLACE_IN_A_LIST = {"environment", "cursor", "open", "before", "after"}


@needs(SEE_CALLS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("calls:list")


@needs(SEE_CALLS)
@require_POST
def switch_environment(request: HttpRequest) -> HttpResponse:
    name = request.POST.get("environment", "")
    if not environment.is_known(name):
        return render(request, "400.html", {"detail": "There is no such environment."}, status=400)
    environment.remember(request, name)
    return HttpResponseRedirect(_with_environment(_local_page(request), name))


@login_not_required
@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database works; pages do without the cache, and without Sentry."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return HttpResponse(f"not ready: {type(error).__name__}", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404; at an address that no door has with the same bytes for everybody, signed in or not."""
    if request.resolver_match is None:
        return HttpResponseNotFound(get_template("404.html").render())
    return page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 when the database is what failed below all views, as sessions and sign-in do.

    No request in the context: what fills templates may be what failed.
    """
    if unavailable := answer_to(request, sys.exc_info()[1]):
        return unavailable
    return HttpResponseServerError(get_template("500.html").render({"reference": current_request_id()}))


def _local_page(request: HttpRequest) -> str:
    """Return the page to go back to: as its address is now, else as it was when it was made."""
    hosts, secure = {request.get_host()}, request.is_secure()
    for page in (request.headers.get("Referer", ""), request.POST.get("next", "")):
        is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts=hosts, require_https=secure)
        if is_ours and urlsplit(page).path.startswith("/"):
            return page
    return reverse("calls:list")


def _with_environment(page: str, name: str) -> str:
    parts = urlsplit(page)
    kept = [(key, value) for key, value in parse_qsl(parts.query) if key not in PLACE_IN_A_LIST]
    return f"{parts.path}?{urlencode([*kept, ('environment', name)])}"
