"""Bodies that nobody should send: never a 5xx, and the reason in words."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.api.posting import LARGEST_BODY
from dashboard.calls.models import Call
from dashboard.ingest.schema import CallIn
from dashboard.keys.models import ApiKey
from tests.api.test_calls_posted import FULL, URL, call, get, poster

OK = '{"platformCallId":"x","environment":"production"'


@pytest.fixture
def post(db):
    return poster(ApiKey.create("receptionist", "ingest")[1])


NOT_TAKEN = {
    "a space": b" ",
    "half a body": OK.encode(),
    "a form": b"platformCallId=x&environment=production",
    "bytes": bytes(range(256)),
    "not utf-8": OK.encode() + b',"line":"\xff"}',
    "utf-16": (OK + "}").encode("utf-16"),
    "NaN": (OK + ',"durationMs":NaN}').encode(),
    "infinity": (OK + ',"cost":{"amount":-Infinity,"currency":"USD"}}').encode(),
    "a raw NUL": OK.encode() + b',"line":"\x00"}',
    "a number of 5,000 digits": (OK + ',"durationMs":' + "9" * 5000 + "}").encode(),
    "deep arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep with an escape": b'["\\u0000",' + b"[" * 500 + b"]" * 500 + b"]",
    "a number": b"7",
    "text": b'"call"',
    "null": b"null",
    "true": b"true",
    "calls of the wrong kind": b'{"calls": 7}',
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_what_holds_no_calls_is_a_400_in_words(post, name):
    answer = post(NOT_TAKEN[name])

    error = answer.json()["error"]
    assert (answer.status_code, error["status"]) == (400, 400)
    assert error["code"] in ("not_json", "not_calls") and error["message"].endswith(".")
    assert not Call.objects.exists()


DEEP: Any = 1
for _ in range(60):
    DEEP = [DEEP]

WRONG_FIELDS = [
    ("platformCallId", None),
    ("platformCallId", ""),
    ("platformCallId", "  "),
    ("platformCallId", "x" * 201),
    ("platformCallId", "x" * 10_000),
    ("platformCallId", "a\nb"),
    ("platformCallId", 7),
    ("platformCallId", []),
    ("platform", "Vapi"),
    ("platform", None),
    ("platform", {}),
    ("environment", "prod"),
    ("environment", []),
    ("direction", "sideways"),
    ("status", "completed"),
    ("outcome", True),
    ("fromNumber", 442079460123),
    ("fromNumber", "1" * 101),
    ("line", ["Riverside"]),
    ("startedAt", 1763892000),
    ("startedAt", 1763892000.5),
    ("startedAt", True),
    ("startedAt", "1763892000"),
    ("startedAt", "noon"),
    ("startedAt", "2026-11-23"),
    ("startedAt", "2026-11-23T10:00:00"),
    ("startedAt", "2026-02-30T10:00:00Z"),
    ("startedAt", "0001-01-01T00:00:00+23:59"),
    ("startedAt", "9999-12-31T23:59:59-23:59"),
    ("startedAt", "٢٠٢٦-11-23T10:00:00Z"),
    ("startedAt", "2" * 10_000),
    ("durationMs", -1),
    ("durationMs", 1.5),
    ("durationMs", "12"),
    ("durationMs", True),
    ("durationMs", 10**30),
    ("durationMs", 1e300),
    ("success", "yes"),
    ("success", 1),
    ("summary", "x" * 20_001),
    ("recordingUrl", "javascript:alert(1)"),
    ("recordingUrl", "//example.com/a"),
    ("recordingUrl", "http://[::1"),
    ("recordingUrl", "https://a b/"),
    ("recordingUrl", "https://" + "a" * 2000),
    ("cost", 5),
    ("cost.amount", {"amount": -1, "currency": "USD"}),
    ("cost.amount", {"amount": "1e999999", "currency": "USD"}),
    ("cost.amount", {"amount": "NaN", "currency": "USD"}),
    ("cost.amount", {"amount": True, "currency": "USD"}),
    ("cost.amount", {"amount": 10**12, "currency": "USD"}),
    ("cost.currency", {"amount": 1, "currency": "dollars"}),
    ("cost.currency", {"amount": 1}),
    ("latency", {f"n{number}": 1 for number in range(101)}),
    ("latency.turnP50Ms", {"turnP50Ms": "fast"}),
    ("latency.turnP50Ms", {"turnP50Ms": -1}),
    ("latency.turnP50Ms", {"turnP50Ms": 10**400}),
    ("metadata", []),
    ("metadata", {"a": "x" * 70_000}),
    ("metadata", {"a": DEEP}),
    ("transcript", "hello"),
    ("transcript", [{"role": "agent", "text": ""}] * 5_001),
    ("transcript[1]", [{"role": "agent", "text": ""}, "hello"]),
    ("transcript[0].role", [{"role": "assistant", "text": ""}]),
    ("transcript[0].text", [{"role": "agent"}]),
    ("transcript[0].words", [{"role": "agent", "text": "", "words": []}]),
    ("transcript[0]", [{"role": "agent", "text": ""} | {str(n): 1 for n in range(200)}]),
    ("toolCalls[0].name", [{"name": ""}]),
    ("toolCalls[0].arguments", [{"name": "a", "arguments": DEEP}]),
    ("aliases", [{"kind": "k", "value": str(number)} for number in range(101)]),
    ("aliases[0].kind", [{"kind": "k" * 41, "value": "v"}]),
    ("aliases[0].value", [{"kind": "k", "value": ""}]),
    ("calID", 1),
    ("x" * 500, 1),
]


@pytest.mark.parametrize(("field", "value"), WRONG_FIELDS)
def test_a_wrong_field_is_named_with_a_reason(post, field, value):
    name = field.partition(".")[0].partition("[")[0]

    answer = post([call(1), call(2) | {name: value}])

    assert answer.status_code == 201
    errors = answer.json()["errors"]
    assert {error["index"] for error in errors} == {1}
    assert errors[0]["field"] == field or (len(field) > 60 and errors[0]["field"] == field[:60] + "…")
    for error in errors:
        assert (
            error["reason"].endswith((".", "?")) and error["reason"][0].isupper() or error["reason"][0] == "“"
        )
        assert "cannot be taken" not in error["reason"] and len(error["reason"]) < 300


def test_a_number_too_large_for_a_float_is_not_kept_as_infinite(post):
    answer = post(OK + ',"metadata":{"a":1e999}}')

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "metadata")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("started_at", "startedAt"), ("fromnumber", "fromNumber"), ("transcripts", "transcript")],
)
def test_a_mistyped_field_is_recognised(post, written, meant):
    answer = post(call() | {written: "x"})

    assert answer.json()["errors"] == [
        {"index": 0, "field": written, "reason": f"There is no such field. Did you mean {meant}?"}
    ]


def test_a_call_cannot_end_before_it_starts(post):
    answer = post(call(startedAt="2026-11-23T10:00:00Z", endedAt="2026-11-23T09:59:59Z"))

    assert answer.json()["errors"] == [{"index": 0, "field": "", "reason": "endedAt is before startedAt."}]


def test_a_call_with_a_thousand_mistakes_is_told_in_a_few_lines(post):
    body = call() | {f"x{number}": 1 for number in range(90)}

    errors = post(body).json()["errors"]

    assert len(errors) == 11 and errors[-1]["reason"] == "80 more fields are wrong."


def test_a_million_keys_are_refused_quickly(post):
    answer = post(OK + "," + ",".join(f'"{number:x}":1' for number in range(500_000)) + "}")

    assert answer.json()["errors"] == [{"index": 0, "field": "", "reason": "Has more than 100 fields."}]


def test_too_many_calls_and_too_large_a_body(post):
    assert post([call()] * 1_001).status_code == 413
    assert post(b"[" + b" " * LARGEST_BODY + b"]").status_code == 413
    assert post(b"[" + b" " * (LARGEST_BODY - 2) + b"]").status_code == 200


def test_a_compressed_body_is_refused_in_words(post):
    answer = post(gzip.compress(json.dumps(call()).encode()), **{"Content-Encoding": "gzip"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "encoded")


def test_a_body_without_a_length_is_refused(db):
    _key, secret = ApiKey.create("receptionist", "ingest")

    answer = Client().post(
        URL, b"", "application/json", headers={"Authorization": f"Bearer {secret}"}, CONTENT_LENGTH=""
    )
    chunked = Client().post(
        URL,
        b"{}",
        "application/json",
        headers={"Authorization": f"Bearer {secret}", "Transfer-Encoding": "chunked"},
    )

    assert [given.status_code for given in (answer, chunked)] == [411, 411]


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["vapi", "2026-11-23T10:00:00Z", "ended", "https://a.example", "agent", "1e400"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "text", "name", "kind", "value", "amount", "currency", "atMs"])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
NAMES = [field.alias or name for name, field in CallIn.model_fields.items()]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    facts=st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=4),
    valid=st.lists(st.sampled_from(sorted(FULL)), max_size=6),
)
def test_whatever_is_posted_is_taken_or_refused_in_words(post, facts, valid):
    body = call() | {name: FULL[name] for name in valid} | facts

    answer = post(json.dumps(body))

    assert answer.status_code in (200, 201, 422), answer.content
    for error in answer.json()["errors"]:
        assert "cannot be taken" not in error["reason"], (error, body)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ANYTHING)
def test_any_json_is_answered(post, body):
    assert post(json.dumps(body)).status_code in (200, 201, 400, 422)


@pytest.mark.parametrize("text", ["\u2028", "‮abc", "\x7f\x80", "𝕏" * 50, "<script>alert(1)</script>", "=1+1"])
def test_strange_texts_are_kept_as_they_are(post, text):
    assert post(call(summary=text, line=text[:50], metadata={text[:50]: text})).status_code == 201

    told = get("call-1").json()
    assert (told["summary"], told["line"], told["metadata"]) == (text, text[:50], {text[:50]: text})
