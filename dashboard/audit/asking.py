"""Who asks: what an entry says about the person or program behind it."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from dashboard.people.rights import role_of
from dashboard.request_ids import OUTSIDE, current_request_id

_current: ContextVar[HttpRequest | None] = ContextVar("audited_request", default=None)


@contextmanager
def remembered(request: HttpRequest) -> Iterator[None]:
    """Keep the request for code that is not handed it: signals of models, rules of passwords."""
    token = _current.set(request)
    try:
        yield
    finally:
        _current.reset(token)


def current_request() -> HttpRequest | None:
    return _current.get()


def facts(request: HttpRequest | None) -> dict[str, Any]:
    """Return the fields of an entry that say who asks, from where and at which door."""
    if request is None:
        return {"who": "system", "door": _program()}
    request_id = current_request_id()
    return _person(request) | {
        "address": address_of(request),
        "session": _session(request),
        "door": request.resolver_match.view_name[:100] if request.resolver_match else "",
        "request_id": "" if request_id == OUTSIDE else request_id,
    }


def asker(request: HttpRequest) -> str | None:
    """Return a name for the person or key, unique among all of them; None for a stranger."""
    key = getattr(request, "api_key", None)
    if key is not None:
        return f"key:{key.pk}"
    user = getattr(request, "user", None)
    return f"person:{user.pk}" if user is not None and user.is_authenticated else None


def address_of(request: HttpRequest) -> str | None:
    """Return the client's address: behind a proxy the one it saw, never one that a client claims."""
    text = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        text = request.headers.get("X-Forwarded-For", text).rpartition(",")[2].strip()
    try:
        # Without the name of our own interface, which is no part of an address.
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _person(request: HttpRequest) -> dict[str, Any]:
    key = getattr(request, "api_key", None)
    if key is not None:
        return {"who": f"key {key.name}", "role": f"{key.scope} key"}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"person_id": user.pk, "who": user.get_username(), "role": role_of(user) or ""}


def _session(request: HttpRequest) -> str:
    session = getattr(request, "session", None)
    if session is None or not session.session_key:
        return ""
    return salted_hmac("dashboard.audit.session", session.session_key, algorithm="sha256").hexdigest()[:32]


def _program() -> str:
    """Return what runs outside of a request, such as “manage.py prune_calls”."""
    words = [Path(sys.argv[0]).name, *sys.argv[1:2]] if sys.argv else []
    return " ".join(word for word in words if not word.startswith("-"))[:100]
