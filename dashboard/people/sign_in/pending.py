"""Between the password and the code: somebody who is not signed in yet."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import load_backend
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

PENDING = "pending"
SECONDS = 600


def put_off(request: HttpRequest, user: Any, next_page: str) -> None:
    """Remember in the session who gave the right password; the session is nobody's still."""
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "backend": user.backend,
        "hash": user.get_session_auth_hash(),
        "at": int(timezone.now().timestamp()),
        "next": next_page,
    }


def pending(request: HttpRequest) -> tuple[User, str] | None:
    """Return who waits for the code and the page to go to, or None when nobody does, or for too long."""
    kept = request.session.get(PENDING)
    if kept is None or timezone.now().timestamp() - kept["at"] > SECONDS:
        return None
    user = load_backend(kept["backend"]).get_user(kept["user"])
    if not isinstance(user, User) or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    user.backend = kept["backend"]
    return user, kept["next"]
