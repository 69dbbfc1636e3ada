"""Where a request carries a key: in its Authorization header, or by mistake in its address."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from django.http import HttpRequest

from dashboard.keys.models import PREFIX

# Long enough to be a piece of a secret; shorter is a word that somebody searches for.
_KEY = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{12}}")
_NAMES_FOR_KEYS = {"key", "api_key", "apikey", "api-key", "token", "access_token", "authorization"}


def bearer(request: HttpRequest) -> str:
    """Return what the request calls its bearer token; empty where there is none."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def is_ours(secret: str) -> bool:
    """Whether this is meant for us: a proxy in front may send tokens of its own along."""
    return secret.startswith(PREFIX)


def is_well_formed(secret: str) -> bool:
    return _KEY.match(secret) is not None


def is_in_address(request: HttpRequest, *, is_api: bool) -> bool:
    """Whether the address holds a key of ours, or at the API anything that is named like one."""
    query = request.META.get("QUERY_STRING", "")
    if not query:
        return False
    if _KEY.search(unquote_plus(query)):
        return True
    return is_api and any(name.lower() in _NAMES_FOR_KEYS for name in request.GET)
