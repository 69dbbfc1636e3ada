"""Proven messages that say odd things, or nothing that we understand (rows W9 and W12 to W15)."""

from __future__ import annotations

import pytest

from dashboard.calls.models import Call
from dashboard.ingest import record
from dashboard.ingest.models import Delivery, UnknownReason
from tests.ingest.messages import ENDED, RINGING

pytestmark = pytest.mark.django_db


MALFORMED = {
    "empty": b"",
    "not JSON": b"hello",
    "truncated": b'{"id": "e1", "call',
    "array": b"[]",
    "number": b"7",
    "deep": b"[" * 100_000,
    "long number": b'{"id": ' + b"9" * 5_000 + b"}",
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "UTF-16": '{"id": "e1"}'.encode("utf-16"),
    "arrays for objects": b'{"id": "e", "call": "c", "facts": []}',
    "lists for texts": b'{"id": [], "call": {}, "facts": {"status": 7}}',
}

READABLE = (MALFORMED["UTF-16"], MALFORMED["arrays for objects"])


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_proven_message_that_cannot_be_read_is_kept(deliver, body):
    response = deliver(body)

    delivery = Delivery.objects.get()
    assert response.status_code == 200
    assert bytes(delivery.body) == body
    assert (delivery.verdict == "unparsed") is (body not in READABLE)
    assert deliver(body).json() == {"status": "seen"}


def test_without_a_signature_it_is_not_even_read(deliver, plain_platform, monkeypatch):
    monkeypatch.setattr(plain_platform, "read", None)

    assert deliver(b"[" * 100_000, signature="wrong").status_code == 401


def test_a_reader_that_breaks_loses_nothing(deliver, plain_platform, monkeypatch, caplog):
    monkeypatch.setattr(plain_platform, "read", lambda *_: 1 / 0)

    response = deliver(RINGING)

    delivery = Delivery.objects.get()
    assert (response.status_code, delivery.verdict, delivery.problem) == (
        200,
        "unparsed",
        "ZeroDivisionError",
    )
    assert "could not be read" in caplog.text and "call-1" not in caplog.text


def test_a_recording_that_breaks_loses_nothing(deliver, monkeypatch):
    def half_done(entries):
        raise ValueError("odd")

    monkeypatch.setattr(record, "_write_details", half_done)

    response = deliver(RINGING)

    assert (response.status_code, Delivery.objects.get().verdict, Call.objects.count()) == (
        200,
        "unparsed",
        0,
    )


# W12


def test_an_unknown_event_is_kept_and_the_call_untouched(deliver):
    response = deliver({"id": "e9", "type": "brand_new", "call": "call-1"})

    assert response.status_code == 200
    assert (Delivery.objects.get().verdict, Call.objects.count()) == ("unknown_type", 0)


def test_an_event_about_no_call_is_kept(deliver):
    deliver({"id": "e9", "type": "ping"})

    assert (Delivery.objects.get().verdict, Delivery.objects.get().call) == ("no_call", None)


def test_no_reason_is_unknown_when_all_are_known(deliver):
    deliver(ENDED)

    assert UnknownReason.objects.count() == 0


# W13, W14, W15


@pytest.mark.parametrize("odd", ["a\x00b", "\ud800", "\u202eabc", "\U0001f600", "e" + "\u0301" * 100_000])
def test_any_text_is_stored(deliver, odd):
    message = {"id": odd, "type": odd, "call": "call-1", "facts": {"agent_name": odd, "summary": odd}}

    assert deliver(message).status_code == 200
    call = Call.objects.get()
    assert len(call.agent_name) <= 100 and "\x00" not in call.agent_name


@pytest.mark.parametrize("call_id", ['"quoted"', "*", "a\\b", "a\nb", "../../x", "x" * 200, "a\x00b"])
def test_any_id_is_the_call_s_own(deliver, call_id):
    deliver(RINGING | {"call": call_id})

    assert Call.objects.get().platform_call_id == call_id.replace("\x00", "\ufffd")


@pytest.mark.parametrize("call_id", ["", "x" * 201, "x" * 10_000])
def test_an_id_that_is_none_is_kept_for_a_look(deliver, call_id):
    assert deliver(RINGING | {"call": call_id}).status_code == 200
    assert (Delivery.objects.get().verdict, Call.objects.count()) == ("unparsed", 0)


@pytest.mark.parametrize("duration", [-1, 2**63, 10**300])
def test_an_absurd_number_is_left_out(deliver, duration):
    deliver(RINGING | {"facts": {"duration_ms": duration, "metadata": {"n": duration, "nan": 1e400}}})

    call = Call.objects.get()
    assert (call.duration_ms, Delivery.objects.get().verdict) == (None, "recorded")
    assert call.detail.metadata["nan"] is None
