"""Requests as a server hands them on, and the rule that every answer to them keeps."""

from __future__ import annotations

import io
import json
import logging
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections

from dashboard.application import Application
from dashboard.logs import NameRequest, OneLine

MARKER = "<zq9 x='\">"
"""What many an input ends in; a page that shows it must have escaped it."""
RAW_MARKER = b"<zq9"
LONGEST_SECONDS = 1.0
SHOWN = 160


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    """Of this thread's own time, so that a busy machine does not count."""

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Asker:
    """Somebody with cookies and headers of his own who asks our application, as gunicorn would pass it on."""

    application: Application
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    """The last exception that no view took care of."""

    def ask(
        self,
        target: str,
        method: str = "GET",
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        **environ: Any,
    ) -> Answer:
        """Ask for a target as it stands on the wire: percent-encoded, or with any character up to U+00FF."""
        path, _, query = target.partition("?")
        meta = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path.encode("latin-1")).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
        }
        if body or method == "POST":
            meta["CONTENT_LENGTH"] = str(len(body))
        for name, value in (self.headers | (headers or {})).items():
            key = name.upper().replace("-", "_")
            meta[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
        return self._answer(meta | environ)

    def _answer(self, meta: dict[str, Any]) -> Answer:
        started: list[Any] = []
        self.fault = ""
        # They would close the connection whose transaction is the test's.
        request_started.disconnect(close_old_connections)
        request_finished.disconnect(close_old_connections)
        before = time.thread_time()
        try:
            response = self.application(meta, lambda status, headers: started.extend([status, headers]))
            try:
                body = b"".join(response)
            finally:
                response.close()
        except Exception:
            # Beneath all of our code: the server would say 500 by itself.
            self.fault = _last_words()
            return Answer(500, {}, b"", time.thread_time() - before)
        finally:
            request_started.connect(close_old_connections)
            request_finished.connect(close_old_connections)
        seconds = time.thread_time() - before
        return Answer(int(started[0][:3]), {k.lower(): v for k, v in started[1]}, body, seconds)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Remember the exceptions that end in a 500."""

        def remember(**kwargs: Any) -> None:
            self.fault = _last_words()

        got_request_exception.connect(remember, weak=False)
        try:
            yield
        finally:
            got_request_exception.disconnect(remember)


def _last_words() -> str:
    """Return where the exception came from that is being handled, and what it is."""
    return " ".join(traceback.format_exc(limit=-3, chain=False).split())[:900]


def broken_rules(answer: Answer, path: str) -> Iterator[str]:
    """Yield what is wrong with an answer, whatever was asked."""
    kind = answer.headers.get("content-type", "")
    if answer.status >= 500:
        yield f"{answer.status}"
    if answer.seconds >= LONGEST_SECONDS:
        yield f"took {answer.seconds:.1f} s"
    if answer.body and not kind:
        yield "no Content-Type"
    if is_for_machines(path) and answer.status >= 400 and not _has_error_shape(answer, kind):
        yield f"no JSON error ({kind}): {answer.body[:SHOWN]!r}"
    if kind.startswith("application/json") and not _is_strict_json(answer.body):
        yield "no JSON"
    if kind.startswith("text/html") and RAW_MARKER in answer.body:
        yield "the input came back unescaped"


def is_for_machines(path: str) -> bool:
    return path.startswith(("/api/", "/webhooks/")) and path.partition("?")[0] != "/api/"


def _has_error_shape(answer: Answer, kind: str) -> bool:
    if not answer.body and answer.status >= 400:  # HEAD
        return kind.startswith("application/json")
    try:
        error = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        return False
    known = {"code", "message", "status", "parameter", "retryAfter"}
    return {"code", "message", "status"} <= set(error) <= known and error["status"] == answer.status


def _is_strict_json(body: bytes) -> bool:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        json.loads(body.decode(), parse_constant=refuse)
    except ValueError:
        return not body
    return True


class OneLineEach(logging.Handler):
    """Keeps what our own format makes more than one line of."""

    def __init__(self) -> None:
        super().__init__()
        self.torn: list[str] = []
        self.setFormatter(logging.Formatter(settings.LOGGING["formatters"]["line"]["format"]))
        self.addFilter(OneLine())
        self.addFilter(NameRequest())

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(copy(record))
        if len(line.splitlines()) != 1:
            self.torn.append(line[:SHOWN])


def told(failures: Iterable[str], most: int = 12) -> str:
    """Return failures as the message of a failed test, the first few of them."""
    found = list(failures)
    return "\n".join([f"{len(found)} inputs were not taken well:", *found[:most]])
