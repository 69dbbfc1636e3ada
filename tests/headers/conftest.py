from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponseBase

from dashboard.headers import EVERY_ANSWER

POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)


def lacks(headers: Any) -> list[str]:
    """Return which of the headers of every answer are missing or different."""
    missing = [name for name, value in EVERY_ANSWER.items() if headers.get(name) != value]
    policy = headers.get("Content-Security-Policy", "")
    missing += [part for part in POLICY if part not in policy.split("; ")] if "self" in policy else []
    if "default-src 'none'" not in policy or "unsafe" in policy:
        missing.append("Content-Security-Policy")
    if "Cache-Control" not in headers:
        missing.append("Cache-Control")
    if any(text in headers.get("Server", "") for text in ("/", "Python", ".")) or "X-Powered-By" in headers:
        missing.append("a name without a version")
    return missing


@pytest.fixture
def answered() -> Callable[[HttpResponseBase], HttpResponseBase]:
    """Check the headers of an answer, and that nobody keeps it who should not."""

    def check(response: HttpResponseBase) -> HttpResponseBase:
        assert lacks(response.headers) == [], response.status_code
        return response

    return check
