"""Browsers tell here what the content policy kept from happening: an injection, or a fault of ours."""

from __future__ import annotations

import json
import logging
import re
import time
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

logger = logging.getLogger(__name__)

LARGEST = 16_384
MOST_A_MINUTE = 20
_UNSAFE = re.compile(r"[^!-~]")


class Allowance:
    """So many a minute, for one process: anybody can send reports, and each is a line of the log."""

    def __init__(self, most: int) -> None:
        self._most, self._left, self._until = most, 0, 0.0
        self._lock = Lock()

    def take(self) -> bool:
        with self._lock:
            if (now := time.monotonic()) >= self._until:
                self._left, self._until = self._most, now + 60
            self._left -= 1
            return self._left >= 0


allowance = Allowance(MOST_A_MINUTE)


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take one report of a browser. It is written without queries, which may hold a person's number."""
    report = _report(request)
    if report is None:
        return HttpResponse("This is no report.", content_type="text/plain", status=400)
    if allowance.take():
        directive = report.get("effective-directive") or report.get("violated-directive")
        words = (_word(directive), _origin(report.get("blocked-uri")), _path(report.get("document-uri")))
        logger.warning("The content policy stopped something: %s %s on %s", *words)
    return HttpResponse(status=204)


def _report(request: HttpRequest) -> dict[str, Any] | None:
    if request.content_type not in ("application/csp-report", "application/json"):
        return None
    try:
        # Both: a sender may lie about the length, and may send none.
        body = request.body if int(request.headers.get("Content-Length") or 0) <= LARGEST else b""
        report = json.loads(body[: LARGEST + 1])["csp-report"]
    except (ValueError, KeyError, TypeError, RecursionError, OSError, RequestDataTooBig):
        return None
    return report if isinstance(report, dict) else None


def _word(value: object) -> str:
    return _UNSAFE.sub("?", value[:100]) if isinstance(value, str) and value else "-"


def _origin(value: object) -> str:
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
    except ValueError:
        return "-"
    return _word(f"{parts.scheme}://{parts.hostname}" if parts.hostname else parts.scheme or parts.path)


def _path(value: object) -> str:
    try:
        return _word(urlsplit(value if isinstance(value, str) else "").path)
    except ValueError:
        return "-"
