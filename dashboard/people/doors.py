"""Which right each door needs. A door that says nothing is shut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import ResolverMatch

from dashboard.middleware import answers_json
from dashboard.people.roles import ADMINISTER, RIGHTS, SEE_CALLS, SIGNED_IN
from sentry_logs.errors import error_response

View = Callable[..., HttpResponseBase]

# Sent for every refusal with `request` and `right`.
denied = Signal()

# Doors of rooms that know nothing of people, by the name of the view, else of its namespace.
NEEDS = {
    "sentry": SEE_CALLS,
    "sentry-api": SEE_CALLS,
    "sentry:comparison": ADMINISTER,
    "sentry:health": ADMINISTER,
    "sentry:check": ADMINISTER,
    # Django's admin asks for itself, page by page.
    "admin": SIGNED_IN,
}


def needs(right: str) -> Callable[[View], View]:
    """Say which right of `roles.py` a view needs: `@needs(SEE_CALLS)`. `RoleMiddleware` asks for it."""
    if right and right not in RIGHTS:
        raise ValueError(f"There is no right {right!r}.")

    def mark(view: View) -> View:
        view.needs = right  # type: ignore[attr-defined]  # as Django marks views, too
        return view

    return mark


def hidden(view: View) -> View:
    """Say of a door that strangers are told that it is not there, instead of to sign in."""
    view.hidden = True  # type: ignore[attr-defined]  # LoginRequiredMiddleware reads it
    return view


def needed_by(view: Any, match: ResolverMatch | None) -> str | None:
    """Return the right that a door needs, `SIGNED_IN` for none in particular, None when nobody said."""
    said: str | None = getattr(view, "needs", None)
    if said is None and match is not None:
        said = NEEDS.get(match.view_name, NEEDS.get(match.namespace))
    return said


def refuse(request: HttpRequest, right: str | None) -> HttpResponse:
    """Answer 403 in the form of the door: JSON for a machine, a fragment for htmx, else a page."""
    denied.send(sender=None, request=request, right=right)
    if answers_json(request):
        return error_response(403, "forbidden", "Your role does not allow this. Ask your lead.")
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "people/_no_right.html" if is_fragment else "people/no_right.html"
    return render(request, template, {"wanted": RIGHTS.get(right or "")}, status=403)
