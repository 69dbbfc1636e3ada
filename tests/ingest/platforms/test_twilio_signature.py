"""What proves a message of Twilio, and what does not; and bodies that Twilio would never send."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.ingest.platforms.base import Incoming, Secret, Unreadable
from dashboard.ingest.platforms.twilio import FORM, JSON, MOST_FIELDS, TWILIO
from tests.ingest.platforms.conftest import MALFORMED, ODD_VALUES, SIGNED_AT, refusal, samples, verifying
from tests.ingest.platforms.outcomes import outcome
from tests.ingest.platforms.test_twilio import CALL, SAMPLES, SECRET, URL, fields_of, form, json_message, sign

HEADER = "x-twilio-signature"
COMPLETED = SAMPLES["status_completed"]

# What Twilio was told to call, and the two ways in which it may sign that.
ADDRESSES = [
    ("https://desk.example.test/webhooks/production/twilio/", ":443"),
    ("http://desk.example.test/webhooks/production/twilio/", ":80"),
    ("https://desk.example.test:443/webhooks/production/twilio/", ""),
    ("http://desk.example.test:80/webhooks/production/twilio/", ""),
    ("https://desk.example.test:8443/webhooks/production/twilio/", ""),
    ("https://desk.example.test/prefix/webhooks/production/twilio/", ":443"),
    ("https://desk.example.test/webhooks/production/twilio", ":443"),
    ("https://desk.example.test/webhooks/production/twilio/?b=2&a=1", ":443"),
    ("https://desk.example.test/webhooks/production/twilio/?a=1&b=2", ":443"),
    ("https://desk.example.test/?next=https://other.example.test:99/", ":443"),
    ("https://user:123@desk.example.test/webhooks/", ":443"),
    ("https://[2001:db8::1]/webhooks/", ":443"),
]


def with_port(url: str, port: str) -> str:
    """Return the address with a port, or without the one it has."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}{port}{slash}{path}" if port else f"{scheme}://{host.rpartition(':')[0]}/{path}"


@pytest.mark.parametrize(("url", "port"), ADDRESSES)
def test_an_address_is_right_with_and_without_its_port(url: str, port: str) -> None:
    fields = fields_of("status_completed")

    TWILIO.verify(form(fields, url), SECRET)
    TWILIO.verify(form(fields, url, signed_url=with_port(url, port)), SECRET)


@pytest.mark.parametrize(("url", "port"), ADDRESSES)
def test_no_other_address_is_right(url: str, port: str) -> None:
    fields = fields_of("status_completed")
    others = [url + "x", url.replace("http", "HTTP", 1), ""]
    others += ["https://evil.example.test/webhooks/production/twilio/", url.replace("://", "://evil.")]
    others += [url.replace("https", "http") if url.startswith("https") else url.replace("http", "https")]

    for other in others:
        arrived = form(fields, other, signed_url=url)
        assert refusal(verifying(TWILIO, arrived, SECRET)) == "wrong", other


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({HEADER: ""}, "missing"),
        ({HEADER: "   "}, "missing"),
        ({HEADER: "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "wrong"),
        ({HEADER: COMPLETED.headers[HEADER].rstrip("=")}, "wrong"),
        ({HEADER: COMPLETED.headers[HEADER].lower()}, "wrong"),
        ({HEADER: COMPLETED.headers[HEADER] + "," + COMPLETED.headers[HEADER]}, "wrong"),
        ({HEADER: SAMPLES["status_ringing"].headers[HEADER]}, "wrong"),
        ({HEADER: "sïgnature \u2713 \ud800"}, "wrong"),
        ({HEADER: "x" * 100_000}, "wrong"),
        ({HEADER: samples("elevenlabs")["post_call_audio"].headers["elevenlabs-signature"]}, "wrong"),
    ],
)
def test_a_wrong_signature_is_refused(headers: dict[str, str], reason: str) -> None:
    arrived = COMPLETED.incoming(headers=headers)

    assert refusal(verifying(TWILIO, arrived, SECRET)) == reason


def test_a_message_without_the_header_is_refused() -> None:
    theirs = samples("retell")["call_started"].headers

    for headers in ({}, {"content-type": FORM}, theirs):
        arrived = Incoming(URL, headers, COMPLETED.body, SIGNED_AT)
        assert refusal(verifying(TWILIO, arrived, SECRET)) == "missing"


@pytest.mark.parametrize("secret", [Secret("another token"), Secret("")])
def test_another_secret_or_none_is_refused(secret: Secret) -> None:
    arrived = COMPLETED.incoming(headers={HEADER: sign(URL, fields_of("status_completed"), secret.text)})

    assert refusal(verifying(TWILIO, COMPLETED.incoming(), secret)) == "wrong"
    if not secret.text:
        assert refusal(verifying(TWILIO, arrived, secret)) == "wrong"


@pytest.mark.parametrize("length", [0, 1, 100, len(COMPLETED.body) - 1])
def test_a_truncated_body_is_refused(length: int) -> None:
    arrived = COMPLETED.incoming(body=COMPLETED.body[:length])

    assert refusal(verifying(TWILIO, arrived, SECRET)) == "wrong"


def test_a_message_played_again_is_the_same_event() -> None:
    later = COMPLETED.incoming(now=SIGNED_AT.replace(year=2030))

    TWILIO.verify(later, SECRET)

    assert TWILIO.read(later, "production") == TWILIO.read(COMPLETED.incoming(), "production")


def test_values_are_signed_blank_twice_and_in_any_script() -> None:
    fields = {
        "CallSid": CALL,
        "Blank": "",
        "Twice": ["b", "a", "b"],
        "Name": "Zoë 🦉 & = + %",
        "name": "sorted after capitals",
        "名": "値",
    }

    TWILIO.verify(form(fields), SECRET)


def test_a_body_that_is_not_utf_8_is_proven_by_its_bytes() -> None:
    body = b"CallSid=" + CALL.encode() + b"&CallerName=%FF%FE"
    arrived = Incoming(URL, {"content-type": FORM, HEADER: sign(URL, {})}, body, SIGNED_AT)

    assert refusal(verifying(TWILIO, arrived, SECRET)) == "wrong"
    assert TWILIO.read(arrived, "production").event_type == ""


def test_a_signature_of_the_address_alone_proves_no_form() -> None:
    arrived = COMPLETED.incoming(headers={HEADER: sign(URL)})

    assert refusal(verifying(TWILIO, arrived, SECRET)) == "wrong"


def test_a_json_body_must_be_the_one_that_was_signed() -> None:
    body = json.dumps(fields_of("status_completed")).encode()

    TWILIO.verify(json_message(body), SECRET)
    other = hashlib.sha256(b"{}").hexdigest()
    assert refusal(verifying(TWILIO, json_message(body, digest=other), SECRET)) == "wrong"
    unhashed = Incoming(URL, {"content-type": JSON, HEADER: sign(URL)}, body, SIGNED_AT)
    assert refusal(verifying(TWILIO, unhashed, SECRET)) == "malformed"


def test_more_fields_than_a_call_has_are_refused() -> None:
    most = {"CallSid": CALL} | {f"f{number}": "x" for number in range(MOST_FIELDS - 1)}

    TWILIO.verify(form(most), SECRET)
    arrived = form(most | {"one": "more"})
    assert refusal(verifying(TWILIO, arrived, SECRET)) == "malformed"
    with pytest.raises(Unreadable, match="1000 fields"):
        TWILIO.read(arrived, "production")


@pytest.mark.parametrize("filler", [b"x", b"&", b"%", b"%41", b"%41x", b"+", b"=", b"a=b&"])
def test_five_megabytes_are_quickly_dealt_with(filler: bytes) -> None:
    body = COMPLETED.body + b"&Filler=" + filler * (5_000_000 // len(filler))
    arrived = COMPLETED.incoming(body=body)

    began = time.process_time()
    refused = refusal(verifying(TWILIO, arrived, SECRET))
    outcome(TWILIO, arrived)

    assert refused in ("wrong", "malformed")
    assert time.process_time() - began < 3


@pytest.mark.parametrize("content_type", [FORM, JSON])
@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_twilio_never_sends_is_unreadable(name: str, content_type: str) -> None:
    arrived = COMPLETED.incoming(body=MALFORMED[name], headers={"content-type": content_type})

    with pytest.raises(Unreadable):
        TWILIO.read(arrived, "production")


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_an_odd_value_in_any_field_is_left_out(odd: str) -> None:
    for sample in SAMPLES:
        fields = fields_of(sample)
        for name in fields:
            as_json = json.dumps(fields | {name: ODD_VALUES[odd]}).encode()
            outcome(TWILIO, json_message(as_json))
            text = str(ODD_VALUES[odd])[:20_000].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            outcome(TWILIO, form(fields | {name: text}))


@pytest.mark.parametrize("duration", ["-5", "1e9", "9" * 30, "٣", "1_0", "", "NaN"])
def test_a_length_that_is_none_is_left_out(duration: str) -> None:
    (report,) = TWILIO.read(form(fields_of("status_completed") | {"CallDuration": duration}), "p").reports

    assert report.duration_ms is None
    assert report.started_at == report.ended_at == report.at


@pytest.mark.parametrize(
    "written", ["yesterday", "Sat, 01 Jan 1001 00:00:00 +0000", "9" * 400, "Sat, 99 Nov"]
)
def test_a_time_that_is_none_is_left_out(written: str) -> None:
    reading = TWILIO.read(form(fields_of("status_completed") | {"Timestamp": written}), "production")

    assert reading.at is None
    assert reading.reports[0].ended_at is None
    assert reading.reports[0].at == SIGNED_AT


NAMES = st.sampled_from([*fields_of("status_completed"), *fields_of("recording_completed"), "AnsweredBy"])
VALUES: st.SearchStrategy[Any] = st.text(
    st.characters(exclude_categories=["Cs"]), max_size=40
) | st.sampled_from(
    ["completed", "in-progress", "machine_start", CALL, "Sat, 21 Nov 2026 09:42:10 -2400", "0"]
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, VALUES | st.lists(VALUES, max_size=3)))
def test_any_signed_form_is_proven_and_read_or_unreadable(fields: dict[str, Any]) -> None:
    arrived = form(fields)

    TWILIO.verify(arrived, SECRET)
    outcome(TWILIO, arrived)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=80), st.text(max_size=60))
def test_any_bytes_are_refused(body: bytes, url: str, signature: str) -> None:
    for content_type in (FORM, JSON):
        arrived = Incoming(url, {"content-type": content_type, HEADER: signature}, body, SIGNED_AT)
        assert refusal(verifying(TWILIO, arrived, SECRET)) in ("missing", "wrong", "malformed")
        outcome(TWILIO, arrived)


def test_the_body_of_a_sample_is_what_its_fields_are() -> None:
    assert urlencode(fields_of("status_completed")).encode() == COMPLETED.body
