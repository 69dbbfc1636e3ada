"""An answer that repeats our token: it goes no further, and to no other server."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from sentry_logs.cache import forget_own_memory
from sentry_logs.services import manners


def echoes(token: str, port: int) -> list[tuple[str, dict[str, object]]]:
    row = {"id": "1" * 32, "timestamp": "2026-11-23T12:00:00", "title": f"Bearer {token}", "level": "error"}
    link = f'<http://127.0.0.1:{port}/{token}>; rel="next"; results="true"; cursor="0:{token}:0"'
    return [
        ("status", {"status": 400, "body": {"detail": f"Invalid header: Bearer {token}"}}),
        ("status", {"status": 401, "body": {"detail": token}}),
        ("status", {"status": 500, "body": {"detail": "Internal Error", "errorId": token}}),
        ("status", {"status": 200, "body": f"<html>Authorization: Bearer {token}</html>".encode()}),
        ("status", {"status": 200, "body": {"data": [row]}, "headers": [("Link", link)]}),
        ("redirect", {"location": f"http://127.0.0.1:{port}/?token={token}"}),
        ("redirect", {"location": f"http://{token}.127.0.0.1:{port}/"}),
    ]


@pytest.mark.parametrize("number", range(7))
def test_a_repeated_token_is_shown_nowhere_and_sent_nowhere(doors, sentry, second, caplog, number):
    kind, options = echoes(sentry.token, second.port)[number]
    sentry.faults.set(kind, **options)
    shown = []
    for door in (doors.panel, lambda: doors.panel(doors.admin), doors.browse, doors.marks):
        shown.append(door())
        kept = repr(getattr(cache, "_cache", {}))
        shown.append(kept)
        cache.clear()
        forget_own_memory()
        manners.forget()
    shown += [doors.json().content.decode(), caplog.text]

    assert sentry.requests and all(sentry.token not in text for text in shown)
    assert second.connections == 0
