"""What the platforms' signatures have in common. Everything here refuses by raising SignatureRefused."""

from __future__ import annotations

import base64
import hmac
import re
from datetime import datetime, timedelta

from dashboard.ingest.platforms.base import Incoming, SignatureRefused

FIVE_MINUTES = timedelta(minutes=5)

# int() alone would also take full-width digits, "1_0", "+5" and spaces.
_WHOLE_NUMBER = re.compile(r"[0-9]{1,19}")
_FIRST_MILLISECONDS = 10**11
"""As seconds this is the year 5138, as milliseconds 1973."""


def header(incoming: Incoming, name: str) -> str:
    """Return a header that must be there, without spaces around it."""
    value = incoming.headers.get(name, "").strip()
    if not value:
        raise SignatureRefused("missing")
    return value


def hmac_bytes(secret: str | bytes, payload: bytes, algorithm: str = "sha256") -> bytes:
    if not secret:  # An empty key would let anybody sign.
        raise SignatureRefused("wrong")
    return hmac.digest(_bytes(secret), payload, algorithm)


def hmac_hex(secret: str | bytes, payload: bytes, algorithm: str = "sha256") -> str:
    """Return the signature in lower-case hex, as every platform that uses hex writes it."""
    return hmac_bytes(secret, payload, algorithm).hex()


def hmac_base64(secret: str | bytes, payload: bytes, algorithm: str = "sha256") -> str:
    return base64.b64encode(hmac_bytes(secret, payload, algorithm)).decode()


def same(given: str, expected: str) -> bool:
    """Compare in constant time, and as bytes: the library's own comparison fails on other text than ASCII."""
    return hmac.compare_digest(_bytes(given), _bytes(expected))


def require_same(given: str, *expected: str) -> None:
    """Refuse unless `given` is one of the expected texts; how long that takes does not tell which."""
    matches = [bool(one) and same(given, one) for one in expected]
    if not any(matches):
        raise SignatureRefused("wrong")


def fresh(
    timestamp: str, now: datetime, past: timedelta = FIVE_MINUTES, future: timedelta = FIVE_MINUTES
) -> None:
    """Refuse a Unix time (ASCII digits, seconds or milliseconds) further from now than allowed."""
    if not _WHOLE_NUMBER.fullmatch(timestamp):
        raise SignatureRefused("malformed")
    number = int(timestamp)
    milliseconds = number if number >= _FIRST_MILLISECONDS else number * 1000
    age = round(now.timestamp() * 1000) - milliseconds
    if age > past / timedelta(milliseconds=1):
        raise SignatureRefused("stale")
    if -age > future / timedelta(milliseconds=1):
        raise SignatureRefused("future")


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
