from __future__ import annotations

from collections.abc import Mapping

from sentry_logs.sandbox.errors import forbidden, unauthorized
from sentry_logs.sandbox.http import Request

ORG_SCOPES = frozenset({"org:read", "org:write", "org:admin"})
PROJECT_SCOPES = frozenset({"project:read", "project:write", "project:admin"})


def check_bearer(request: Request, tokens: Mapping[str, set[str]]) -> str:
    """Give the known bearer token of a request, else 401 in Sentry's words.

    Source: Sentry 23.7.1 source, api/authentication.py.
    """
    kind, _, rest = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise unauthorized("Authentication credentials were not provided.")
    parts = rest.split()
    if not parts:
        raise unauthorized("Invalid token header. No credentials provided.")
    if len(parts) > 1:
        raise unauthorized("Invalid token header. Token string should not contain spaces.")
    if parts[0] not in tokens:
        raise unauthorized("Invalid token")
    return parts[0]


def check_scope(scopes: set[str], any_of: frozenset[str]) -> None:
    """Refuse with 403 unless the token has one of the scopes."""
    if not scopes & any_of:
        raise forbidden()
