from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dashboard import environment

# Parameters of a walk through one environment's rows mean nothing in another.
PLACE_IN_A_LIST = {"environment", "cursor", "open", "before", "after"}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return redirect("calls:list")


@require_POST
def switch_environment(request: HttpRequest) -> HttpResponse:
    name = request.POST.get("environment", "")
    if not environment.is_known(name):
        return render(request, "400.html", {"detail": "There is no such environment."}, status=400)
    environment.remember(request, name)
    return redirect(_with_environment(_local_page(request), name))


@login_not_required
@never_cache
@require_GET
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database works; pages do without the cache, and without Sentry."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return HttpResponse(f"not ready: {type(error).__name__}", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")


def _local_page(request: HttpRequest) -> str:
    """Return the page to go back to: as its address is now, else as it was when it was made."""
    hosts, secure = {request.get_host()}, request.is_secure()
    for page in (request.headers.get("Referer", ""), request.POST.get("next", "")):
        if url_has_allowed_host_and_scheme(page, allowed_hosts=hosts, require_https=secure):
            return page
    return reverse("calls:list")


def _with_environment(page: str, name: str) -> str:
    parts = urlsplit(page)
    kept = [(key, value) for key, value in parse_qsl(parts.query) if key not in PLACE_IN_A_LIST]
    return f"{parts.path}?{urlencode([*kept, ('environment', name)])}"
