"""JSON Web Tokens signed with HS256 and nothing else (RFC 7515, RFC 7519)."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.ingest.platforms import reading, signing
from dashboard.ingest.platforms.base import Secret, SignatureRefused, Unreadable

LEEWAY = timedelta(minutes=1)
LONGEST = 8192
_PART = re.compile(r"[A-Za-z0-9_-]+")


def verified_claims(token: str, secret: Secret, now: datetime) -> dict[str, Any]:
    """Return the claims of a token that `secret.key` issued and `secret.text` signed, and that is valid now.

    A token without an end is refused. Raises SignatureRefused.
    """
    parts = token.split(".") if len(token) <= LONGEST else []
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise SignatureRefused("malformed")
    header, claims = _json(parts[0]), _json(parts[1])
    if header.get("alg") != "HS256" or "crit" in header:
        raise SignatureRefused("malformed")
    signature = signing.hmac_bytes(secret.text, f"{parts[0]}.{parts[1]}".encode())
    signing.require_same(parts[2], base64.urlsafe_b64encode(signature).decode().rstrip("="))
    issuer = claims.get("iss")
    signing.require_same(issuer if isinstance(issuer, str) else "", secret.key)
    _require_valid(claims, now)
    return claims


def _require_valid(claims: dict[str, Any], now: datetime) -> None:
    if now - LEEWAY >= _time(claims, "exp"):
        raise SignatureRefused("stale")
    if "nbf" in claims and now + LEEWAY < _time(claims, "nbf"):
        raise SignatureRefused("future")


def _time(claims: dict[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise SignatureRefused("malformed")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise SignatureRefused("malformed") from None


def _json(part: str) -> dict[str, Any]:
    try:
        return reading.parse(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, Unreadable):
        raise SignatureRefused("malformed") from None
