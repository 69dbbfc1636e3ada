"""A person leaves before the answer is there (U1)."""

from __future__ import annotations

import socket
import threading
import time
from urllib.parse import urlencode, urlsplit

from tests.faults.wire import until


def test_a_request_that_was_left_fills_the_cache_and_its_thread_ends(live_server, doors, sentry, settings):
    settings.SENTRY_TIMEOUT = 2.0
    sentry.faults.set("delay", seconds=0.3)
    where = urlencode({"id": "call-1", "started": doors.call.started_at.isoformat(), "try": "1"})
    cookie = doors.support.cookies["sessionid"].value
    address = urlsplit(live_server.url)
    headers = f"Host: {address.netloc}\r\nHX-Request: true\r\nCookie: sessionid={cookie}"
    head = f"GET /logs/call/?{where} HTTP/1.1\r\n{headers}\r\n\r\n"
    before = threading.active_count()

    with socket.create_connection((address.hostname, address.port)) as sock:
        sock.sendall(head.encode())
        until(lambda: doors.asked() == 1)
    until(lambda: "Known" in doors.panel())

    assert doors.asked() == 1
    deadline = time.monotonic() + 2.5
    until(lambda: threading.active_count() <= before + 1, seconds=deadline - time.monotonic())
