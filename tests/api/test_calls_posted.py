"""POST /api/calls through the door."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.api import posting
from dashboard.calls.models import Call, CallAlias
from dashboard.keys.models import ApiKey

URL = "/api/calls"
AT = {"reportedAt": "2026-11-23T10:05:00Z"}
FULL = {
    "platform": "other",
    "platformCallId": "call/7 + ü",
    "environment": "production",
    "direction": "outbound",
    "fromNumber": "+442079460000",
    "toNumber": "+442079460123",
    "line": "Riverside Dental",
    "agentId": "front-desk",
    "agentName": "Front desk",
    "agentVersion": "2.3.1",
    "status": "ended",
    "outcome": "transferred",
    "endedBy": "agent",
    "endedReason": "transferred",
    "endedReasonRaw": "handed over",
    "fault": "none",
    "startedAt": "2026-11-23T10:00:00Z",
    "answeredAt": "2026-11-23T10:00:04.250000Z",
    "endedAt": "2026-11-23T10:03:00Z",
    "durationMs": 175750,
    "transcript": [
        {"role": "agent", "text": "Good morning 👋", "atMs": 0, "endMs": 900},
        {"role": "caller", "text": "I lost a filling.", "atMs": 1200},
    ],
    "toolCalls": [
        {"name": "find_slot", "atMs": 2000, "arguments": {"day": 1}, "result": None, "failed": False}
    ],
    "summary": "Booked for Tuesday.",
    "success": True,
    "sentiment": "calm",
    "transferTo": "+442079460999",
    "language": "en-GB",
    "recordingUrl": "https://recordings.example/7.mp3",
    "recordingExpiresAt": "2026-12-01T00:00:00Z",
    "cost": {"amount": 0.0425, "currency": "USD"},
    "latency": {"turnP50Ms": 812.5},
    "metadata": {"campaign": ["autumn", {"week": 47}]},
    "aliases": [{"kind": "trace_id", "value": "7f" * 16}, {"kind": "twilio_call_sid", "value": "CA7"}],
}


@pytest.fixture
def key(db) -> ApiKey:
    return ApiKey.create("receptionist", "ingest")


@pytest.fixture
def post(key):
    return poster(key[1])


def poster(secret: str, **headers: str):
    def post(body, content_type="application/json", **more):
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        sent = {"Authorization": f"Bearer {secret}"} | headers | more
        return Client().post(URL, data, content_type=content_type, headers=sent)

    return post


def call(number: int = 1, **facts: object) -> dict[str, object]:
    return {"platformCallId": f"call-{number}", "environment": "production"} | facts


def get(platform_call_id: str, platform: str = "other", **parameters: str):
    _key, secret = ApiKey.create(f"reader {timezone.now()}", "read")
    headers = {"Authorization": f"Bearer {secret}"}
    return Client().get(f"{URL}/{platform}/{platform_call_id}", parameters, headers=headers)


def test_what_was_posted_comes_back(post):
    assert post(FULL).status_code == 201

    # %2F is what a careful client sends; servers decode it before Django sees the path.
    given = get("call/7 + ü").json()

    hidden = {
        "fromNumber": "+44 ••• 00",
        "toNumber": "+44 ••• 23",
        "transferTo": "+44 ••• 99",
        "recordingUrl": "[recording •••]",
    }
    assert {name: given[name] for name in FULL} == FULL | hidden
    assert set(given) - set(FULL) == {"url", "createdAt", "updatedAt"}
    assert given["url"] == f"/calls/{Call.objects.get().pk}/"


def test_a_call_can_be_posted_as_it_was_given_out(post):
    post(FULL | AT)
    given = get("call/7 + ü").json()

    answer = post(given | AT)

    assert answer.status_code == 200, answer.content
    assert answer.json()["unchanged"] == 1
    assert get("call/7 + ü").json() == given
    assert Call.objects.get().from_number == FULL["fromNumber"]


def test_a_running_call_does_not_end_by_being_posted_as_it_was_given_out(post):
    post(call(status="in_progress"))

    post(get("call-1").json())

    assert get("call-1").json()["status"] == "in_progress"


def test_the_smallest_call_starts_when_it_is_told_of(post):
    before = timezone.now() - timedelta(seconds=1)

    assert post({"platformCallId": "x", "environment": "production"}).status_code == 201

    stored = Call.objects.get()
    assert before < stored.started_at < timezone.now()
    assert (stored.platform, stored.status, stored.outcome) == ("other", "in_progress", "unknown")


def test_each_item_is_answered_in_order(post):
    post(call(1, summary="first"))

    answer = post([call(1, summary="second"), call(2), call(2), call(1, summary="second")])

    assert answer.status_code == 201
    told = answer.json()
    assert [(one["index"], one["platformCallId"]) for one in told["results"]] == [
        (0, "call-1"),
        (1, "call-2"),
        (2, "call-2"),
        (3, "call-1"),
    ]
    assert [one["status"] for one in told["results"]][:2] == ["updated", "created"]
    assert told["created"] == 1 and told["created"] + told["updated"] + told["unchanged"] == 4
    urls = {str(one.pk): f"/calls/{one.pk}/" for one in Call.objects.all()}
    assert {one["url"] for one in told["results"]} == set(urls.values())


@pytest.mark.parametrize("body", [call(), [call()], {"calls": [call()]}], ids=["one", "a list", "calls"])
def test_one_call_a_list_or_calls(post, body):
    assert post(body).json()["created"] == 1


@pytest.mark.parametrize("body", [[], {"calls": []}])
def test_no_calls_are_no_error(post, body):
    answer = post(body)

    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_posting_twice_changes_nothing(post):
    first = post([FULL | AT, call(2) | AT])
    again = post([FULL | AT, call(2) | AT])

    assert (first.status_code, again.status_code) == (201, 200)
    assert [one["status"] for one in again.json()["results"]] == ["unchanged", "unchanged"]
    assert (Call.objects.count(), CallAlias.objects.count()) == (2, 2)


def test_posting_twice_without_a_time_makes_no_second_call(post):
    post(FULL)
    given = get("call/7 + ü").json()

    assert post(FULL).json()["unchanged"] == 1
    assert get("call/7 + ü").json() | {"updatedAt": given["updatedAt"]} == given
    assert (Call.objects.count(), CallAlias.objects.count()) == (1, 2)


def test_a_call_is_known_by_environment_platform_and_id(post):
    answer = post([call(), call(environment="staging"), call(platform="vapi")])

    assert answer.json()["created"] == 3


def test_the_good_items_are_kept_and_the_bad_ones_named(post):
    answer = post([call(1), call(2, startedAt="noon"), "call", call(3), call(4, durationMs=-1, line=5)])

    assert answer.status_code == 201
    assert [one["index"] for one in answer.json()["results"]] == [0, 3]
    assert [(one["index"], one["field"]) for one in answer.json()["errors"]] == [
        (1, "startedAt"),
        (2, ""),
        (4, "line"),
        (4, "durationMs"),
    ]
    assert set(Call.objects.values_list("platform_call_id", flat=True)) == {"call-1", "call-3"}


def test_good_items_that_change_nothing_are_no_news(post):
    post(call(1))

    assert post([call(1), call(2, startedAt="noon")]).status_code == 200


def test_no_good_item_is_an_error_with_the_same_list(post):
    answer = post([call(1, startedAt="noon"), call(2, fault="mine")])

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_calls"
    assert [(one["index"], one["field"]) for one in answer.json()["errors"]] == [
        (0, "startedAt"),
        (1, "fault"),
    ]
    assert not Call.objects.exists()


def test_a_status_never_goes_back(post):
    post(call(status="ended", endedAt="2026-11-23T10:03:00Z", startedAt="2026-11-23T10:00:00Z"))

    for status in ("scheduled", "queued", "ringing", "in_progress", "transferring"):
        assert post(call(status=status)).status_code == 200
        assert get("call-1").json()["status"] == "ended"
    assert get("call-1").json()["endedAt"] == "2026-11-23T10:03:00Z"


def test_the_later_report_is_believed_whichever_comes_first(post):
    early, late = "2026-11-23T10:00:00Z", "2026-11-23T10:00:05Z"
    post(call(1, summary="new", reportedAt=late))
    post(call(1, summary="old", reportedAt=early))
    post(call(2, summary="old", reportedAt=early))
    post(call(2, summary="new", reportedAt=late))

    assert [get(f"call-{number}").json()["summary"] for number in (1, 2)] == ["new", "new"]


def test_a_report_from_the_future_can_be_corrected(post):
    post(call(summary="wrong", reportedAt="2099-01-01T00:00:00Z"))
    post(call(summary="right"))

    assert get("call-1").json()["summary"] == "right"


def test_left_out_null_and_empty_say_nothing(post):
    post(FULL)
    nothing = dict.fromkeys(FULL) | {
        "platform": "other",
        "platformCallId": FULL["platformCallId"],
        "environment": "production",
        "aliases": [],
        "summary": "",
        "transcript": [],
        "fromNumber": "",
    }

    assert post(nothing).status_code == 200
    assert get("call/7 + ü").json()["summary"] == FULL["summary"]


def test_a_raw_reason_alone_is_put_into_our_words(post):
    post(call(1, platform="vapi", endedReasonRaw="customer-did-not-answer"))
    post(call(2, platform="vapi", endedReasonRaw="customer-did-not-answer", endedBy="operator"))
    post(call(3, endedReasonRaw="customer-did-not-answer"))

    names = ("status", "outcome", "endedBy", "endedReason", "endedReasonRaw")
    told = [get(f"call-{n}", p).json() for n, p in ((1, "vapi"), (2, "vapi"), (3, "other"))]
    assert [told[0][name] for name in ("status", "outcome", "endedReason")] == [
        "ended",
        "no_answer",
        "no_answer",
    ]
    assert (told[1]["endedBy"], told[1]["outcome"]) == ("operator", "no_answer")
    assert [told[2][name] for name in names] == [
        "ended",
        "unknown",
        "unknown",
        "unknown",
        "customer-did-not-answer",
    ]


def test_half_characters_and_nul_are_replaced(post):
    body = r'{"platformCallId":"x","environment":"production","summary":"a\u0000b\ud83dc \ud83d\ude00",'
    assert post(body + r'"metadata":{"k\u0000":["\udc00"]}}').status_code == 201

    told = get("x").json()
    assert told["summary"] == "a\ufffdb\ufffdc 😀"
    assert told["metadata"] == {"k\ufffd": ["\ufffd"]}


def test_a_key_for_an_environment_names_it_for_the_calls(db):
    post = poster(ApiKey.create("staging box", "ingest", "staging")[1])

    assert post({"platformCallId": "x"}).status_code == 201
    assert post({"platformCallId": "y", "environment": "staging"}).status_code == 201
    assert set(Call.objects.values_list("environment", flat=True)) == {"staging"}


def test_a_key_for_an_environment_is_for_no_other(db):
    post = poster(ApiKey.create("staging box", "ingest", "staging")[1])

    alone = post(call(environment="production"))
    beside = post([call(1, environment="production"), call(2, environment="staging")])

    assert (alone.status_code, alone.json()["errors"][0]["field"]) == (403, "environment")
    assert beside.status_code == 201
    assert beside.json()["errors"] == [
        {"index": 0, "field": "environment", "reason": "This key is for staging only."}
    ]
    assert [one.environment for one in Call.objects.all()] == ["staging"]


def test_without_a_key_for_one_environment_each_call_names_its_own(post):
    answer = post([{"platformCallId": "x"}, {"platformCallId": "y", "environment": "prod"}])

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["environment", "environment"]
    assert all("production, staging" in one["reason"] for one in answer.json()["errors"])


def test_who_may_post(db, support_client, admin_client, key):
    read = poster(ApiKey.create("reporting", "read")[1])
    body = json.dumps(call())
    sessions = [
        client.post(URL, body, content_type="application/json") for client in (support_client, admin_client)
    ]

    assert Client().post(URL, body, content_type="application/json").status_code == 401
    assert [answer.status_code for answer in sessions] == [403, 403]
    assert read(call()).status_code == 403
    assert poster("ard_wrong")(call()).status_code == 401
    # A key beside a session counts alone.
    beside = support_client.post(
        URL, body, content_type="application/json", headers={"Authorization": f"Bearer {key[1]}"}
    )
    assert beside.status_code == 201


def test_no_token_of_a_form_is_asked_for(key):
    client = Client(enforce_csrf_checks=True)
    headers = {"Authorization": f"Bearer {key[1]}"}

    assert client.post(URL, json.dumps(call()), "application/json", headers=headers).status_code == 201


@pytest.mark.parametrize(
    "url", ["/api/calls", "/api/calls/other/x", "/api/openapi.json", "/api/sentry/browse"]
)
def test_an_ingest_key_may_not_read(db, key, url):
    assert Client().get(url, headers={"Authorization": f"Bearer {key[1]}"}).status_code == 403


def test_a_batch_of_500_takes_a_few_queries(post):
    calls = [call(number, aliases=[{"kind": "trace_id", "value": str(number)}]) for number in range(500)]
    with CaptureQueriesContext(
        connection,
    ) as first:
        assert post(calls).json()["created"] == 500
    with CaptureQueriesContext(connection) as again:
        assert post(calls).json()["created"] == 0
    with CaptureQueriesContext(connection) as one:
        post(calls[0])

    # SQLite takes a thousand values a statement, so it writes 500 rows in several.
    assert len(first) <= 40 and len(again) <= 40 and len(one) <= 12, (len(first), len(again), len(one))


def test_without_a_database_the_sender_is_told_to_come_back(post, monkeypatch):
    def refuse(*_args):
        raise OperationalError("the server is gone")

    monkeypatch.setattr(posting, "record_reports", refuse)
    answer = post(call())

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "database_unavailable")
    assert answer["Retry-After"] == "5"


def test_without_a_database_no_key_is_called_wrong(post, monkeypatch):
    def refuse(*_args):
        raise OperationalError("the server is gone")

    monkeypatch.setattr(ApiKey, "find", refuse)
    answer = post(call())

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_the_command_makes_a_key_for_one_environment(db, capsys):
    call_command("create_api_key", "box", "--scope", "ingest", "--environment", "staging")

    post = poster(capsys.readouterr().out.strip())
    assert post({"platformCallId": "x"}).status_code == 201
    assert Call.objects.get().environment == "staging"
