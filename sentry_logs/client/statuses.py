"""The one place where a status and body of Sentry become an exception."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from sentry_logs.client.clock import clock_offset
from sentry_logs.client.exceptions import (
    SentryBadQuery,
    SentryError,
    SentryForbidden,
    SentryNotFound,
    SentryOverloaded,
    SentryProtocolError,
    SentryRateLimited,
    SentryRedirected,
    SentryRefused,
    SentryServerError,
    SentryUnauthorized,
)
from sentry_logs.client.reply import Reply

# 400s about the request that we built; every other 400 with a text is about the search that a person wrote.
_OUR_FAULT = re.compile(
    r"dataset must be one of|No columns selected|You can view up to|Invalid characters in field"
    r"|Cannot sort by|Invalid per_page|Invalid cursor|Invalid project parameter|Invalid date range"
    r"|multiple projects|is not a valid function|column argument invalid|used both inside and outside"
    r"|Argument to function is wrong type|^Invalid field|is too long"
)
_SEVERAL_PROJECTS = "multiple projects"
_LONGEST_WAIT = 600


def error_for(reply: Reply, *, now: float | None = None) -> SentryError:
    """The exception for an answer that is not a 200. `now` is epoch seconds, for tests.

    Source: Sentry 23.7.1, api/base.py, api/exceptions.py, api/utils.py, middleware/ratelimit.py.
    """
    detail = _detail(reply)
    wait = _retry_at(reply.headers, time.time() if now is None else now)
    if 300 <= reply.status < 400:
        return _redirected(reply)
    if reply.status == 400:
        return _bad_request(detail)
    if reply.status == 429:
        return SentryRateLimited(status=429, detail=detail, retry_at=wait)
    if 500 <= reply.status < 600:
        again = reply.status in (502, 503, 504) or detail.lower().startswith("internal error")
        return SentryServerError(
            hint=_error_id(reply), status=reply.status, detail=detail, retry_at=wait, transient=again
        )
    kinds = {401: SentryUnauthorized, 403: SentryForbidden, 404: SentryNotFound}
    other = SentryRefused if 400 < reply.status < 500 else SentryProtocolError
    return kinds.get(reply.status, other)(status=reply.status, detail=detail)


def _bad_request(detail: str) -> SentryError:
    if "Query timeout" in detail:
        return SentryOverloaded(status=400, detail=detail)
    if _SEVERAL_PROJECTS in detail:
        hint = "This organization cannot ask about several projects at once: name one in SENTRY_PROJECT."
        return SentryRefused(hint=hint, status=400, detail=detail)
    if not detail or _OUR_FAULT.search(detail):
        return SentryRefused(status=400, detail=detail)
    return SentryBadQuery(status=400, detail=detail)


def _error_id(reply: Reply) -> str:
    body = _json_or_none(reply)
    number = body.get("errorId") if isinstance(body, dict) else None
    named = isinstance(number, str) and re.fullmatch(r"[0-9a-fA-F]{8,64}", number)
    return f"{SentryServerError.default_hint} Sentry's own id of this error: {number}." if named else ""


def _redirected(reply: Reply) -> SentryError:
    body = _json_or_none(reply)
    slug = body.get("slug") if isinstance(body, dict) else None
    if isinstance(slug, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,100}", slug):
        message = "The project has a new name in Sentry. Please tell your admin."
        return SentryRedirected(message, hint=f"Set SENTRY_PROJECT to {slug}.", status=reply.status)
    host = _host(reply.headers.get("Location", ""))
    hint = f"Sentry sent us to {host}. Correct SENTRY_URL." if host else ""
    return SentryRedirected(hint=hint, status=reply.status)


def _host(location: str) -> str:
    try:
        host = urlsplit(location).hostname or ""
    except ValueError:
        return ""
    return host if re.fullmatch(r"[A-Za-z0-9_.:-]{1,253}", host) else ""


def _detail(reply: Reply) -> str:
    body = _json_or_none(reply)
    if isinstance(body, dict):
        body = body.get("detail") or body.get("error") or ""
    if isinstance(body, dict):
        body = body.get("message") or body.get("code") or ""
    if isinstance(body, list):
        body = " ".join(item for item in body if isinstance(item, str))
    return body.strip()[:500] if isinstance(body, str) else ""


def _json_or_none(reply: Reply) -> Any:
    try:
        return reply.json()
    except SentryProtocolError:
        return None


def _retry_at(headers: Mapping[str, str], now: float) -> float | None:
    moment = _epoch(headers.get("X-Sentry-Rate-Limit-Reset", ""))
    if moment is not None:
        # Sentry counts by its own clock.
        moment -= clock_offset(headers, now)
    else:
        moment = _retry_after(headers.get("Retry-After", ""), now)
    # A reset in the past, in milliseconds or next year must neither hammer Sentry nor lock us out.
    return None if moment is None else min(max(moment, now + 1), now + _LONGEST_WAIT)


def _epoch(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,9})?", text.strip(), re.ASCII) else None


def _retry_after(text: str, now: float) -> float | None:
    seconds = _epoch(text)
    if seconds is not None:
        return now + seconds
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None
