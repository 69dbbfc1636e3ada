"""Try a door in every way, and say how its answer differs from the promised one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from dashboard.keys import refusing
from dashboard.middleware import is_for_machines
from tests.access.doors import Door
from tests.access.expected import METHODS, SIGN_IN, Line, written_by_reading
from tests.access.world import CANARY, CORRELATION_ID, World

KINDS: dict[str, dict[str, str]] = {
    "plain": {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
    "htmx": {"Accept": "*/*", "HX-Request": "true", "HX-Current-URL": "http://testserver/calls/"},
    "json": {"Accept": "application/json"},
}
READING = ("GET", "HEAD")
SIGN_IN_PAGES = ("/login/?next=", "/admin/login/?next=")
_WRITE = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.I)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    body: bytes
    written: frozenset[str]

    def word(self) -> str:
        """Return the answer in the file's words."""
        to = self.headers.get("HX-Redirect" if self.status == 200 else "Location", "")
        return SIGN_IN if to.startswith(SIGN_IN_PAGES) else str(self.status)


def address_of(door: Door, line: Line, world: World) -> str:
    """Return a whole address of a door, with something that is there for each of its parts."""
    asked = line.ask.format(call=world.call.pk, id=CORRELATION_ID)
    return _path(door, world) + (f"?{asked}" if asked else "")


def _path(door: Door, world: World) -> str:
    filled = {name: world.argument(door.name, name) for name in door.arguments}
    if door.is_named:
        return reverse(door.name, kwargs=filled)
    route = "/" + door.route
    for name, value in filled.items():
        route = re.sub(rf"<\w+:{name}>|\(\?P<{name}>.*?\)\$?", str(value), route)
    return route


@contextmanager
def undone() -> Iterator[None]:
    """Undo everything that a request did, as the end of a test does."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # what may not stand inside a transaction may here
    with block:
        yield
        transaction.set_rollback(True)


def ask(client: Client, method: str, url: str, kind: str, line: Line) -> Answer:
    """Send one request, undo what it did, and return what it was answered."""
    written: set[str] = set()

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if found := _WRITE.match(sql):
            written.add(found[1])
        return execute(sql, *rest)

    cookies = client.cookies.output()
    with undone(), connection.execute_wrapper(watch):
        response = _send(client, method, url, kind, line)
        body = b"" if method == "HEAD" else b"".join(response)
        response.close()
    if response.cookies:
        client.cookies = SimpleCookie()
        client.cookies.load(cookies.replace("Set-Cookie: ", ""))
    return Answer(response.status_code, response.headers, body, frozenset(written))


def _send(client: Client, method: str, url: str, kind: str, line: Line) -> Any:
    if method != "POST":
        return client.generic(method, url, headers=KINDS[kind])
    cache.clear()
    refusing.limit.forget()
    if line.body:
        return client.post(url, line.body, "application/json", headers=KINDS[kind])
    return client.post(url, line.send, headers=KINDS[kind])


def walk(world: World, line: Line, url: str, asker: str, column: int, kind: str) -> Iterator[str]:
    """Try one door with every method, and yield every difference from what is promised, in words."""
    for method in METHODS:
        answer = ask(world.clients[asker], method, url, kind, line)
        promised = line.answer(method, column)
        where = f"{line.name}: {method} as {asker}, {kind}"
        if answer.word() != promised and not (promised == SIGN_IN and _says_401(answer, kind)):
            yield f"{where}: {answer.word()} instead of {promised}"
        for fault in _faults(answer, method, url, kind):
            yield f"{where}: {fault}"


def _says_401(answer: Answer, kind: str) -> bool:
    return kind == "json" and answer.status == 401


def _is_of_admin(url: str) -> bool:
    """Django's admin knows no fragments."""
    return url.startswith("/admin/")


def _faults(answer: Answer, method: str, url: str, kind: str) -> Iterator[str]:
    """Look for what no answer may have, whatever is promised."""
    refused = answer.status >= 400 or answer.word() == SIGN_IN
    if answer.status >= 500:
        yield f"failed with {answer.status}"
    if refused and CANARY.encode() in answer.body + unquote(str(answer.headers)).encode():
        yield "a refusal shows what is kept here"
    if (refused or method in READING) and (more := answer.written - set(written_by_reading())):
        yield f"wrote {', '.join(sorted(more))}"
    if answer.status >= 400 and method != "HEAD":
        yield from _wrong_shape(answer, url, kind)


def _wrong_shape(answer: Answer, url: str, kind: str) -> Iterator[str]:
    if is_for_machines(url.partition("?")[0]) or kind == "json":
        try:
            error = json.loads(answer.body)["error"]
        except (ValueError, KeyError, TypeError):
            yield "an error that is not in the JSON shape"
        else:
            if error["status"] != answer.status:
                yield f"an error that says {error['status']}"
    elif kind == "htmx" and answer.status == 403 and b"<html" in answer.body and not _is_of_admin(url):
        yield "a whole page where a fragment was asked for"
