"""Files that programs look for: search engines, and people who found a weakness."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

PLAIN = "text/plain; charset=utf-8"
GOOD_FOR = timedelta(days=180)


@login_not_required
@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """Ask search engines to stay away from all of it."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type=PLAIN)


@login_not_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Say where weaknesses are reported (RFC 9116); 404 as long as nobody is named."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    lines = [f"Contact: {contact}" for contact in settings.SECURITY_CONTACT]
    lines.append(f"Expires: {timezone.now() + GOOD_FOR:%Y-%m-%dT00:00:00Z}")
    lines.append("Preferred-Languages: en")
    if settings.PUBLIC_URL:
        lines.append(f"Canonical: {settings.PUBLIC_URL}/.well-known/security.txt")
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)
