"""Signing in and out, as Django and django-axes tell of it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from dashboard.audit.asking import address_of
from dashboard.audit.lately import lately
from dashboard.audit.record import Event, Result, note, record_change

MOST_FROM_ONE, MOST_FROM_ALL = 10, 300


def connect() -> None:
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_failed)
    if apps.is_installed("axes"):
        from axes.signals import user_locked_out

        user_locked_out.connect(_locked)


def _signed_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    request.user = user
    # Not a note: who cannot be recorded does not come in.
    record_change(Event.SIGNED_IN, request=request)


def _signed_out(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if user is not None:
        note(Event.SIGNED_OUT, request=request)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    _note_try(Event.SIGN_IN_FAILED, Result.FAILED, request, credentials.get("username"))


def _locked(request: HttpRequest, username: str | None = None, **kwargs: Any) -> None:
    _note_try(Event.SIGN_IN_LOCKED, Result.LIMITED, request, username)


def _note_try(event: Event, result: Result, request: HttpRequest | None, username: str | None) -> None:
    """Record a wrong try; of very many, the first of each minute, from one address and from all."""
    address = address_of(request) if request else None
    if lately.takes(MOST_FROM_ONE, event, address) and lately.takes(MOST_FROM_ALL, event):
        note(event, request=request, result=result, detail=_tried(username))


def _tried(username: str | None) -> str:
    """Name the person only if there is one: people type their password into the wrong field."""
    name = str(username or "").replace("\x00", "")
    known = get_user_model().objects.filter(username=name).exists()
    return f"as {name}" if known else "as nobody we know"
