from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator

import pytest
import requests
import sentry_sdk

from sentry_logs.sandbox import Sandbox
from tests.sandbox.conftest import Door


@pytest.fixture
def sdk(sandbox: Sandbox) -> Iterator[sentry_sdk.Scope]:
    """A real SDK client of its own that points at the sandbox."""
    client = sentry_sdk.Client(
        sandbox.dsn,
        environment="staging",
        release="voice@2.3.1",
        default_integrations=False,
        traces_sample_rate=1,
    )
    with sentry_sdk.isolation_scope() as scope, sentry_sdk.new_scope() as inner:
        scope.set_client(client)
        inner.set_client(client)
        yield inner
    client.close(timeout=0)


def sent(scope: sentry_sdk.Scope) -> None:
    scope.client.flush(timeout=5)


def envelope(sandbox: Sandbox, body: bytes, **headers: str) -> requests.Response:
    key = sandbox.dsn.split("//")[1].split("@")[0]
    auth = {"X-Sentry-Auth": f"Sentry sentry_key={key}, sentry_version=7, sentry_client=test/1"}
    url = f"{sandbox.url}/api/{sandbox.project_id}/envelope/"
    return requests.post(url, data=body, headers=auth | headers, timeout=5)


def packed(*items: tuple[dict[str, object], bytes], header: dict[str, object] | None = None) -> bytes:
    lines = [json.dumps(header or {}).encode()]
    for item, payload in items:
        lines += [json.dumps(item).encode(), payload]
    return b"\n".join(lines)


def event(**more: object) -> bytes:
    return json.dumps({"message": "hello", "tags": {"correlation_id": "c1"}, **more}).encode()


def test_an_exception_of_the_real_sdk_is_found_by_its_tag(sdk, sandbox, door):
    sdk.set_tag("correlation_id", "call_1")
    sdk.set_user({"id": "7"})
    sdk.add_breadcrumb(category="http", message="POST /v1/speech", level="info")
    try:
        raise KeyError("slot_id") from ValueError("cause")
    except KeyError as error:
        event_id = sdk.capture_exception(error)
    sent(sdk)
    fields = [
        "id",
        "title",
        "level",
        "environment",
        "release",
        "error.type",
        "user.id",
        "event.type",
        "culprit",
    ]
    row = door.rows(query='tags[correlation_id]:"call_1"', field=fields)[0]
    assert row["id"] == event_id and row["title"] == "KeyError: 'slot_id'" and row["level"] == "error"
    assert row["environment"] == "staging" and row["release"] == "voice@2.3.1" and row["user.id"] == "7"
    assert row["error.type"] == ["ValueError", "KeyError"] and row["event.type"] == "error"
    assert row["culprit"].endswith("test_an_exception_of_the_real_sdk_is_found_by_its_tag")
    detail = door.get(f"/api/0/organizations/acme/events/receptionist:{event_id}/").json()
    kinds = {entry["type"] for entry in detail["entries"]}
    assert kinds >= {"exception", "breadcrumbs"}


def test_a_message_of_the_real_sdk_keeps_its_level_and_time(sdk, door):
    sdk.capture_event(
        {"message": "Slow turn", "level": "warning", "timestamp": "2026-11-20T10:00:00.250000Z"}
    )
    sent(sdk)
    row = door.rows(field=["title", "level", "timestamp"], start="2026-11-20", end="2026-11-21")[0]
    assert (row["title"], row["level"], row["timestamp"]) == (
        "Slow turn",
        "warning",
        "2026-11-20T10:00:00+00:00",
    )


def test_transactions_are_taken_and_stay_out_of_errors(sdk, door):
    with sdk.start_transaction(name="turn", op="call"):
        pass
    sent(sdk)
    assert door.titles("event.type:transaction", dataset="discover") == ["turn"]
    assert door.titles("") == []


def test_the_answer_names_the_event(sandbox, door):
    event_id = "0123456789abcdef0123456789abcdef"
    body = packed(({"type": "event"}, event()), header={"event_id": event_id})
    answer = envelope(sandbox, body)
    assert (answer.status_code, answer.json()) == (200, {"id": event_id})
    assert door.rows(field="id")[0]["id"] == event_id


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", lambda data: data)],
)
def test_bodies_may_be_compressed(sandbox, door, encoding, pack):
    body = pack(packed(({"type": "event"}, event())))
    assert envelope(sandbox, body, **{"Content-Encoding": encoding}).status_code == 200
    assert door.titles("correlation_id:c1") == ["hello"]


def test_unknown_items_are_accepted_and_forgotten(sandbox, door):
    items = [({"type": kind, "length": 5}, b"a\nb\nc") for kind in ("attachment", "log", "check_in")]
    body = packed(*items, ({"type": "event"}, event()), ({"type": "client_report"}, b"{}"))
    assert envelope(sandbox, body).status_code == 200
    assert door.titles("") == ["hello"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        packed(({"type": "event", "length": 99}, b"{}")),
        packed(({"type": "event"}, b"{")),
    ],
)
def test_a_bad_payload_is_a_400(sandbox, body):
    assert envelope(sandbox, body).status_code == 400


@pytest.mark.parametrize("broken", [{"timestamp": "soon"}, {"event_id": "xyz"}])
def test_an_event_with_a_broken_time_or_id_is_a_400(sandbox, broken):
    assert envelope(sandbox, packed(({"type": "event"}, event(**broken)))).status_code == 400


def test_a_body_that_is_not_what_it_says_is_a_400(sandbox):
    assert envelope(sandbox, b"plain", **{"Content-Encoding": "gzip"}).status_code == 400


def test_a_wrong_key_or_none_is_refused(sandbox):
    url = f"{sandbox.url}/api/{sandbox.project_id}/envelope/"
    assert requests.post(url, data=packed(), timeout=5).status_code == 400
    assert requests.post(url, data=packed(), params={"sentry_key": "wrong"}, timeout=5).status_code == 403


def test_the_key_may_stand_in_the_query(sandbox, door):
    key = sandbox.dsn.split("//")[1].split("@")[0]
    url = f"{sandbox.url}/api/{sandbox.project_id}/store/"
    assert requests.post(url, data=event(), params={"sentry_key": key}, timeout=5).status_code == 200
    assert door.titles("") == ["hello"]


def test_each_dsn_feeds_its_own_project(sandbox, door):
    client = sentry_sdk.Client(sandbox.dsn_of("voice-workers"), default_integrations=False)
    with sentry_sdk.new_scope() as scope:
        scope.set_client(client)
        scope.capture_event({"message": "elsewhere"})
    client.close(timeout=5)
    assert door.titles("") == []
    assert door.titles("", project=4505002) == ["elsewhere"]


@pytest.mark.parametrize("value", ["x" * 201, "two\nlines", ""])
def test_tags_that_sentry_cannot_hold_are_dropped(sandbox, door, value):
    envelope(sandbox, packed(({"type": "event"}, event(tags={"correlation_id": value, "kept": "yes"}))))
    assert door.titles("!has:correlation_id kept:yes") == ["hello"]


def test_long_tag_names_are_dropped_by_old_servers_only(door, old_door):
    for each, found in ((door, ["one"]), (old_door, [])):
        each.sandbox.add_event(title="one", tags={"k" * 40: "v"})
        assert each.titles(f"{'k' * 40}:v") == found


@pytest.mark.parametrize(
    ("sent_event", "title"),
    [
        ({"message": "First line\nsecond"}, "First line"),
        ({"message": "x" * 150}, "x" * 97 + "..."),
        ({"message": None}, "<unlabeled event>"),
        (
            {"logentry": {"message": "Tool %s slow", "formatted": "Tool a slow"}, "message": None},
            "Tool a slow",
        ),
        ({"exception": {"values": [{"type": "A", "value": "a"}, {"type": "B", "value": "b\nc"}]}}, "B: b"),
        ({"exception": [{"type": "OnlyType"}]}, "OnlyType"),
    ],
)
def test_titles_are_made_as_sentry_makes_them(sandbox, door, sent_event, title):
    envelope(sandbox, packed(({"type": "event"}, event(**sent_event))))
    assert [row["title"] for row in door.rows()] == [title]


def test_the_message_is_search_text_made_of_everything_that_names_the_event(sandbox: Sandbox, door: Door):
    frame = {"filename": "agent/speech.py", "function": "synthesize", "in_app": True}
    raised = {"type": "SpeechError", "value": "TTS failed", "stacktrace": {"frames": [frame]}}
    envelope(sandbox, packed(({"type": "event"}, event(message=None, exception={"values": [raised]}))))
    message = door.rows(field="message")[0]["message"]
    assert message == "SpeechError TTS failed agent/speech.py synthesize agent/speech.py in synthesize"


def test_an_sdk_that_sends_no_level_means_error(sandbox, door):
    envelope(sandbox, packed(({"type": "event"}, event())))
    assert door.titles("level:error") == ["hello"]
