"""A platform as simple as can be, in Vapi's place, and its messages at the door."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from dashboard.calls.vocabulary import Platform as PlatformName
from dashboard.calls.vocabulary import Status
from dashboard.ingest import platforms, refusals
from dashboard.ingest.platforms.base import Incoming, Reading, Secret, SignatureRefused, Unreadable
from dashboard.ingest.reports import Report
from tests.factories import NOON
from tests.ingest.reports import HANGUP

SECRET = "a-secret-for-tests"
DOOR = "/webhooks/production/vapi/"


class PlainPlatform:
    """Signs the body and nothing else; a message is one flat object whose `id` names the event."""

    name = PlatformName.VAPI
    content_types = frozenset(["application/json"])

    def verify(self, incoming: Incoming, secret: Secret) -> None:
        given = incoming.headers.get("x-signature", "")
        if not given:
            raise SignatureRefused("missing")
        if not hmac.compare_digest(given.encode(), signature(incoming.body, secret.text).encode()):
            raise SignatureRefused("wrong")

    def read(self, incoming: Incoming, environment: str) -> Reading:
        try:
            said = json.loads(incoming.body)
        except ValueError:
            raise Unreadable("The body is not JSON.") from None
        if not isinstance(said, dict):
            raise Unreadable("The body is not a JSON object.")
        at = datetime.fromisoformat(said["at"]) if "at" in said else NOON
        kind = said.get("type", "status")
        known = kind != "brand_new"
        reports = [self._report(said, environment, at)] if "call" in said and known else []
        return Reading(kind, said.get("id", ""), at, known, reports)

    def _report(self, said: dict[str, Any], environment: str, at: datetime) -> Report:
        facts = dict(said.get("facts", {}))
        if "status" in facts:
            facts["status"] = Status(facts["status"])
        if facts.get("status") == Status.ENDED:
            facts |= {"ended_at": at, "ending": HANGUP}
        return Report(
            platform=self.name, platform_call_id=said["call"], environment=environment, at=at, **facts
        )

    def kept(self, body: bytes) -> bytes:
        return body


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@pytest.fixture(autouse=True)
def nothing_refused_yet() -> Iterator[None]:
    yield
    refusals.counter.forget()
    refusals.limit.forget()


@pytest.fixture
def plain_platform(monkeypatch, settings) -> PlainPlatform:
    platform = PlainPlatform()
    monkeypatch.setitem(platforms.PLATFORMS, PlatformName.VAPI, platform)
    settings.WEBHOOK_SECRETS = {"VAPI_WEBHOOK_SECRET": SECRET}
    return platform


@pytest.fixture
def deliver(plain_platform) -> Callable[..., Any]:
    """Send a message, signed unless a signature is given, and return the answer."""

    def send(message: Any = None, **changes: Any) -> Any:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        headers = {"x-signature": changes.pop("signature", signature(body))}
        headers |= changes.pop("headers", {})
        url = changes.pop("url", DOOR)
        content_type = changes.pop("content_type", "application/json")
        client = changes.pop("client", None) or Client(enforce_csrf_checks=True)
        extra = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))} | changes
        return client.generic("POST", url, body, headers=headers, **extra)

    return send


@pytest.fixture
def at_once(transactional_db, tmp_path, monkeypatch) -> Callable[..., list[Any]]:
    """Run a function in several threads that begin together, each with a connection of its own.

    SQLite's tests run in memory, where connections share locks as no two processes do: here it is a file.
    """
    if connection.vendor == "sqlite":
        copy = sqlite3.connect(tmp_path / "calls.sqlite3")
        connection.ensure_connection()
        connection.connection.backup(copy)
        copy.close()
        monkeypatch.setitem(connections.settings["default"], "NAME", str(tmp_path / "calls.sqlite3"))

    def run(work: Callable[[int], Any], threads: int = 8) -> list[Any]:
        barrier = threading.Barrier(threads)

        def begin(number: int) -> Any:
            try:
                barrier.wait(10)
                return work(number)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(begin, range(threads)))

    return run
