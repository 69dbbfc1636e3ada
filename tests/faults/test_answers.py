"""Sentry answers, but not as it should (S5, S9 to S17, S20, S22)."""

from __future__ import annotations

import gzip
import io
import resource
import time

import pytest
import requests

from tests.faults.conftest import HURRIED, PATIENT
from tests.faults.doors import plain

DEEP = b"[" * 100_000 + b"]" * 100_000


ERROR_ID = {"body": {"detail": "Internal Error", "errorId": "ab12cd34"}}
NO_SUCH = {"status": 404, "body": {"detail": "The requested resource does not exist"}}


def body(text: bytes) -> dict[str, object]:
    return {"status": 200, "body": text}


def refusal(detail: object) -> dict[str, object]:
    return {"status": 401, "body": {"detail": detail}}


# row, fault and its settings, what the panel says, the JSON door's status and code, most questions a door
FAULTS = [
    ("S5", "hang", {}, "did not answer in time", (504, "timeout"), 1),
    ("S9", "status", body(b"{"), "could not be read", (502, "protocol"), 1),
    ("S9", "status", body(b'{"data": [{"id": NaN}]}'), "could not be read", (502, "protocol"), 1),
    ("S9", "status", body(b'{"data": [1e999]}'), "could not be read", (502, "protocol"), 1),
    ("S9", "status", body(b'{"data": [' + b"9" * 5_000 + b"]}"), "could not be read", (502, "protocol"), 1),
    ("S9", "status", body(DEEP), "could not be read", (502, "protocol"), 1),
    ("S10", "html", {"status": 200}, "could not be read", (502, "protocol"), 1),
    ("S11", "html", {"status": 502}, "Sentry is having trouble", (502, "server_error"), 2),
    ("S11", "html", {"status": 503}, "Sentry is having trouble", (502, "server_error"), 2),
    ("S11", "html", {"status": 504}, "Sentry is having trouble", (502, "server_error"), 2),
    ("S12", "status", ERROR_ID, "having trouble", (502, "server_error"), 2),
    ("S13", "query_timeout", {}, "too much for Sentry at once", (504, "overloaded"), 1),
    ("S15", "status", refusal("Invalid token"), "access key", (502, "unauthorized"), 1),
    ("S15", "status", refusal({"code": "sso-required"}), "access key", (502, "unauthorized"), 1),
    ("S15", "status", {"status": 403, "body": {"detail": "No"}}, "does not let", (502, "forbidden"), 1),
    ("S16", "status", {"status": 404}, "does not know", (502, "not_found"), 1),
    ("S16", "status", NO_SUCH, "does not know", (502, "not_found"), 1),
    ("S22", "huge", {"size": 9_000_000}, "too large", (502, "protocol"), 1),
    ("S22", "gzip_bomb", {"size": 268_000_000}, "too large", (502, "protocol"), 1),
]  # fmt: skip


def is_good(plain) -> bool:
    """Tell whether a plain client gets an answer of Sentry's shape: the control of every row."""
    try:
        response = plain(stream=True, allow_redirects=False)
        if response.status_code != 200 or int(response.headers.get("Content-Length", 0)) > 5_000:
            return False
        rows = response.json()["data"]
        return all(isinstance(row, dict) for row in rows) and "NaN" not in response.text
    except (requests.RequestException, ValueError, RecursionError):
        return False


@pytest.mark.control
@pytest.mark.parametrize(("row", "kind", "options", "said", "failure", "most"), FAULTS)
def test_a_bad_answer_is_told_from_no_events(
    doors, sentry, plain, settings, clock, row, kind, options, said, failure, most
):
    assert is_good(plain)
    sentry.faults.set(kind, **options)
    assert not is_good(plain)
    sentry.clear_requests()
    settings.SENTRY_TIMEOUT = HURRIED if kind == "hang" else PATIENT

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    shown = doors.panel()
    assert time.monotonic() - began < 3
    assert said in shown and "We cannot say which events there are." in shown
    assert "No events" not in shown and sentry.token not in shown
    assert doors.asked() <= most
    assert doors.failure() == failure
    assert doors.mark().startswith("Check failed")
    assert doors.page().status_code == 200
    assert doors.asked() <= 3 * most
    assert row != "S22" or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024

    sentry.faults.clear()
    settings.SENTRY_TIMEOUT = PATIENT
    clock.shift(61)
    assert [event["title"] for event in doors.json().json()["events"]] == ["Known"]
    assert "Known" in doors.panel() and doors.mark() == "1 error"


@pytest.mark.control
def test_a_plain_client_swallows_an_answer_of_any_size(plain, sentry):
    sentry.faults.set("huge", size=9_000_000)
    assert len(plain().content) >= 9_000_000


@pytest.mark.control
def test_a_small_answer_is_gigantic_once_it_is_decoded(plain, sentry):
    """Counted part by part: kept as a whole it would hide what the other tests measure of the memory."""
    sentry.faults.set("gzip_bomb", size=268_000_000)
    with plain(stream=True) as response:
        packed = response.raw.read(decode_content=False)
    with gzip.open(io.BytesIO(packed)) as file:
        size = sum(len(part) for part in iter(lambda: file.read(1 << 20), b""))
    assert len(packed) < 1_000_000 and size > 260_000_000


def test_the_error_id_is_for_administrators(doors, sentry):
    sentry.faults.set("status", **ERROR_ID)
    assert "ab12cd34" not in doors.panel()
    assert "ab12cd34" in doors.panel(doors.admin)


def test_the_log_has_the_kind_of_a_failure_and_no_secret(doors, sentry, caplog):
    sentry.faults.set("status", status=500, body={"detail": "Internal Error: do not repeat me"})
    doors.panel()
    assert "SentryServerError after" in caplog.text
    assert "do not repeat me" not in caplog.text and sentry.token not in caplog.text


def test_a_refused_key_is_not_tried_again_for_a_minute(doors, sentry, clock):
    sentry.faults.set("status", status=401, body={"detail": "Invalid token"})
    doors.panel()
    clock.shift(30)
    doors.panel()
    assert doors.asked() == 1
    clock.shift(31)
    doors.panel()
    assert doors.asked() == 2
    assert doors.support.get("/readyz").status_code == 200


def test_a_login_page_instead_of_sentry_gives_the_hint_to_administrators(doors, sentry):
    sentry.faults.set("html", status=200)
    assert "SENTRY_URL" in doors.panel(doors.admin) and "SENTRY_URL" not in doors.panel()


def test_after_a_question_that_was_too_much_the_page_offers_a_shorter_time(doors, sentry):
    sentry.faults.set("query_timeout")
    shown = doors.support.get(
        "/logs/call/",
        {"id": "call-1", "started": doors.call.started_at.isoformat(), "range": "30d"},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "Show a shorter time" in plain(shown) and "range=7d" in shown
    assert "Show a shorter time" in doors.browse(statsPeriod="7d")
    assert "Show a shorter time" not in doors.browse(statsPeriod="24h")


@pytest.mark.control
def test_a_search_that_sentry_does_not_understand_is_no_trouble_of_sentry(doors, plain, sentry):
    assert plain(asked={"query": "count():>("}).status_code == 400
    sentry.faults.set("status", status=400, body={"detail": "Parse error at '<b>' (column 3)."})
    assert "<b>" in plain().text
    sentry.clear_requests()
    for _number in range(7):
        html = doors.support.get("/logs/", {"search": f"<b>{_number}"}, headers={"HX-Request": "true"})
        assert "Parse error at &#x27;&lt;b&gt;&#x27;" in html.content.decode()
    assert doors.asked() == 7
    sentry.faults.clear()
    assert "Known" in doors.panel()


@pytest.mark.control
def test_an_environment_that_sentry_never_saw_is_empty_and_no_failure(doors, plain, sentry):
    assert plain(asked={"environment": "staging"}).status_code == 404
    sentry.clear_requests()
    assert "environment=staging" not in doors.panel()
    response = doors.json(environment="staging")
    assert (response.status_code, response.json()["events"]) == (200, [])
    assert all(not request.values("environment") for request in sentry.requests)
    assert doors.json(environment="production").json()["events"]


@pytest.mark.control
def test_a_plain_client_follows_a_redirect(plain, sentry, second):
    sentry.faults.set("redirect", location=f"http://127.0.0.1:{second.port}/stolen?token=1")
    assert plain().json() == {}
    assert len(second.requests) == second.connections == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_redirect_is_never_followed(doors, sentry, second, clock, scheme):
    location = f"{scheme}://127.0.0.1:{second.port}/stolen?token=1"
    sentry.faults.set("redirect", location=location)
    control = requests.get(sentry.url, timeout=1, allow_redirects=False)
    assert control.headers["Location"] == location

    assert "The address of Sentry has changed" in doors.panel()
    hint = doors.panel(doors.admin)
    assert "127.0.0.1" in hint and "stolen" not in hint
    assert doors.failure() == (502, "protocol")
    assert second.requests == [] and second.connections == 0

    sentry.faults.clear()
    clock.shift(61)
    assert "Known" in doors.panel()
