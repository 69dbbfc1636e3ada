"""What Sentry may answer: any JSON in place of any other, at the client and at our doors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from sentry_logs.cache import forget_own_memory
from sentry_logs.client import SentryClient, SentryConfig, SentryError
from sentry_logs.client.reply import Reply
from sentry_logs.client.statuses import error_for
from sentry_logs.client.transport import Transport
from sentry_logs.services import manners
from tests.client.conftest import WINDOW
from tests.input.conftest import TIMES, Case, tried_at
from tests.input.corpus.headers import DATES, PLAIN
from tests.input.mutations import JUNK, mutated
from tests.input.tally import tried

FAILED = frozenset({502, 503, 504})
HTMX = {"headers": {"HX-Request": "true"}}
DOORS: list[tuple[str, dict[str, Any]]] = [
    ("/api/sentry/events?correlationId=call-1", {}),
    ("/api/sentry/browse", {}),
    ("/api/sentry/error-check", {}),
    ("/logs/call/?id=call-1&started=2026-11-24T00:00:00Z&try=1", HTMX),
    ("/logs/", HTMX),
    ("/logs/untagged/", HTMX),
]
STATUSES = [
    100,
    204,
    206,
    301,
    302,
    304,
    400,
    401,
    403,
    404,
    405,
    409,
    413,
    418,
    422,
    429,
    500,
    502,
    503,
    504,
    599,
    999,
]
HEADERS = [
    "Link",
    "Retry-After",
    "X-Sentry-Rate-Limit-Reset",
    "X-Sentry-Rate-Limit-Remaining",
    "Date",
    "Content-Type",
]
LINKS = [
    '<http://evil.example.test/?cursor=0:100:0>; rel="next"; results="true"; cursor="0:100:0"',
    '<>; rel="next"; results="true"; cursor="' + "9" * 5000 + '"',
    '<a>; rel="next"; results="true"; cursor="0:-1:0"',
    '<a>; rel="next"; results="true"; cursor="a b\r\n"',
    '<a>; rel="next"; results="true"' * 500,
    "<" * 20_000,
]  # fmt: skip


@pytest.fixture
def answering(sentry, monkeypatch) -> Callable[[Reply | None], list[Reply]]:
    """Put an answer in place of Sentry's, or collect Sentry's own; nothing of what was asked is kept."""
    ask, seen, given = Transport._once, [], [None]

    def once(self: Transport, url: str, deadline: Any) -> Reply | SentryError:
        reply = given[0]
        if reply is None:
            outcome = ask(self, url, deadline)
            seen.extend([outcome] if isinstance(outcome, Reply) else [])
            return outcome
        return reply if reply.status == 200 else error_for(reply)

    def answer(reply: Reply | None) -> list[Reply]:
        cache.clear()
        forget_own_memory()
        manners.forget()
        given[0] = reply
        return seen

    monkeypatch.setattr(Transport, "_once", once)
    return answer


def replies(seed: int, real: Reply, count: int) -> Iterator[Reply]:
    for body in [*JUNK, *mutated(real.body, seed, count)]:
        yield Reply(200, {}, body)
    for status in STATUSES:
        body = json.dumps({"detail": JUNK[status % len(JUNK)].decode("latin-1")}).encode()
        yield Reply(
            status,
            {},
            [body, b"", b"<html>", b'{"detail": [1]}', b"[]", b'{"detail": {"code": 1}}'][status % 6],
        )
    for name in HEADERS:
        for value in LINKS if name == "Link" else [*DATES, *PLAIN][:: 1 if count > 100 else 9]:
            yield Reply(200 if name == "Link" else 429, {name: value}, real.body)


@pytest.mark.parametrize("turn", range(len(DOORS)), ids=[target for target, _ in DOORS])
def test_a_door_takes_any_answer(support, call, answering, turn):
    target, request = DOORS[turn]
    seen = answering(None)
    tried_at("Sentry's answers", support, [("as it is", target, request)])
    real = seen[-1]

    def cases() -> Iterator[Case]:
        for reply in replies(turn, real, 25 * TIMES):
            answering(reply)
            yield f"{reply.status} {dict(reply.headers)!r} {reply.body[:300]!r}", target, request

    tried_at("Sentry's answers", support, cases(), allowed=FAILED)


QUESTIONS: dict[str, Callable[[SentryClient], object]] = {
    "events": lambda client: client.events(fields=["id", "title", "timestamp"], query="", **WINDOW),
    "logs": lambda client: client.logs(fields=["id", "message"], query="", **WINDOW),
    "project events": lambda client: client.project_events(),
    "project": lambda client: client.project("receptionist"),
    "event": lambda client: client.event("receptionist", "a" * 32),
}
ROW = {"id": "a" * 32, "title": "A", "timestamp": "2026-11-24T00:00:00+00:00", "count()": 3, "tags[x]": "y"}
REAL = {
    "events": {"data": [ROW, ROW], "meta": {"fields": {"id": "string"}, "tips": {"query": None}}},
    "logs": {"data": [ROW | {"timestamp_precise": 1795254131000000000}], "meta": {"fields": {}}},
    "project events": [
        ROW | {"eventID": "b" * 32, "tags": [{"key": "level", "value": "error"}], "dateCreated": "x"}
    ],
    "project": {"id": "42", "slug": "receptionist", "name": "R", "platform": None},
    "event": {"id": "a" * 32, "entries": [], "tags": []},
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_only_errors_of_our_own_leave_the_client(answering, name):
    client = SentryClient(SentryConfig("https://sentry.example.test", "acme", ("42",), "a" * 32))
    count = 0
    for reply in replies(7, Reply(200, {}, json.dumps(REAL[name]).encode()), 500 * TIMES):
        answering(reply)
        count += 1
        try:
            QUESTIONS[name](client)
        except SentryError:
            continue
    tried["Sentry's answers, generated"] += count
