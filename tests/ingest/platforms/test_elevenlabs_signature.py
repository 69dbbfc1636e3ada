"""What proves a message of ElevenLabs, and what does not; and bodies that ElevenLabs would never send."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.ingest.platforms.base import Secret, Unreadable
from dashboard.ingest.platforms.elevenlabs import ELEVENLABS
from tests.ingest.platforms.conftest import (
    MALFORMED,
    ODD_VALUES,
    SIGNED_AT,
    changed,
    paths,
    refusal,
    samples,
    verifying,
)
from tests.ingest.platforms.outcomes import JSON_VALUES, outcome
from tests.ingest.platforms.test_elevenlabs import BODIES, HEADER, OK, SECRET, message, sign


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "missing"),
        (" ", "missing"),
        ("t=1795254131", "malformed"),
        ("v0=" + "0" * 64, "malformed"),
        (sign(OK.body).replace("t=", "t=+"), "malformed"),
        (sign(OK.body, "١٧٩٥٢٥٤١٣١"), "malformed"),
        (sign(OK.body, "nan"), "malformed"),
        (sign(OK.body, "1" * 14), "malformed"),
        (sign(OK.body) + ",t=1795254132", "malformed"),
        (sign(OK.body).replace("v0", "v1"), "malformed"),
        ("t=1795254131,v0=", "wrong"),
        ("t=1795254131,v0=" + "0" * 64, "wrong"),
        (sign(OK.body).replace("t=1795254131", "t=1795254130"), "wrong"),
        (sign(OK.body).partition("v0=")[0] + "v0=" + sign(OK.body).partition("v0=")[2].upper(), "wrong"),
        (sign(OK.body, secret="another"), "wrong"),
        (sign(b"{}"), "wrong"),
        ("t=1795254131,v0=sïgned ✓ \ud800", "wrong"),
        ("x" * 100_000, "malformed"),
        (samples("retell")["call_started"].headers["x-retell-signature"], "malformed"),
    ],
)
def test_a_wrong_signature_is_refused(header: str, reason: str) -> None:
    assert refusal(verifying(ELEVENLABS, OK.incoming(headers={HEADER: header}), SECRET)) == reason


def test_one_right_signature_of_several_is_enough() -> None:
    right = sign(OK.body).partition(",")[2]
    header = f"t=1795254131, v0={'0' * 64}, {right}, v0=x, v1=y"

    ELEVENLABS.verify(OK.incoming(headers={HEADER: header}), SECRET)


def test_another_secret_or_none_is_refused() -> None:
    assert refusal(verifying(ELEVENLABS, OK.incoming(), Secret("another"))) == "wrong"
    unkeyed = OK.incoming(headers={HEADER: sign(OK.body, secret="")})
    assert refusal(verifying(ELEVENLABS, unkeyed, Secret(""))) == "wrong"


@pytest.mark.parametrize(
    ("age", "reason"),
    [(1799, ""), (1800, ""), (1801, "stale"), (-299, ""), (-300, ""), (-301, "future"), (86_400, "stale")],
)
def test_a_signature_holds_for_half_an_hour(age: int, reason: str) -> None:
    arrived = OK.incoming(now=SIGNED_AT + timedelta(seconds=age))

    if reason:
        assert refusal(verifying(ELEVENLABS, arrived, SECRET)) == reason
    else:
        ELEVENLABS.verify(arrived, SECRET)


@pytest.mark.parametrize("length", [0, 1, 100, len(OK.body) - 1])
def test_a_truncated_body_is_refused(length: int) -> None:
    assert refusal(verifying(ELEVENLABS, OK.incoming(body=OK.body[:length]), SECRET)) == "wrong"


def test_a_message_played_again_is_the_same_event() -> None:
    again = OK.incoming(now=SIGNED_AT + timedelta(minutes=20))

    ELEVENLABS.verify(again, SECRET)

    assert ELEVENLABS.read(again, "staging") == ELEVENLABS.read(OK.incoming(), "staging")


@pytest.mark.parametrize(
    "body",
    [
        changed(BODIES["post_call_transcription_ok"], ("data", "transcript", 0, "message"), "x" * 5_000_000),
        changed(BODIES["post_call_audio"], ("data", "full_audio"), "SUQz" * 1_250_000),
        changed(BODIES["post_call_audio"], ("data", "full_audio"), '\\"' * 1_250_000),
        b'"full_audio"' + b" " * 5_000_000,
        b'"full_audio":"' + b"\\" * 5_000_001,
        b'"full_audio":' * 400_000,
    ],
)
def test_five_megabytes_are_quickly_dealt_with(body: Any) -> None:
    incoming = message(body)

    began = time.process_time()
    ELEVENLABS.verify(incoming, SECRET)
    outcome(ELEVENLABS, incoming)
    ELEVENLABS.kept(incoming.body)

    assert time.process_time() - began < 3


@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_elevenlabs_never_sends_is_no_call(name: str) -> None:
    try:
        reading = ELEVENLABS.read(message(MALFORMED[name]), "staging")
    except Unreadable:
        return
    assert (reading.is_known_type, reading.reports) == (False, ())


@pytest.mark.parametrize("odd", ODD_VALUES)
@pytest.mark.parametrize("name", BODIES)
def test_an_odd_value_anywhere_is_left_out(name: str, odd: str) -> None:
    for path in paths(BODIES[name]):
        outcome(ELEVENLABS, message(changed(BODIES[name], path, ODD_VALUES[odd])))


PLACES = [(name, path) for name, body in BODIES.items() for path in paths(body)]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), JSON_VALUES)
def test_any_change_of_a_sample_is_read_or_unreadable(place: tuple[str, tuple[Any, ...]], value: Any) -> None:
    incoming = message(changed(BODIES[place[0]], place[1], value))

    ELEVENLABS.verify(incoming, SECRET)
    outcome(ELEVENLABS, incoming)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.binary(max_size=200))
def test_any_header_over_any_bytes_is_refused(header: str, body: bytes) -> None:
    incoming = message(body, headers={HEADER: header})

    assert refusal(verifying(ELEVENLABS, incoming, SECRET)) in ("missing", "malformed", "wrong")
    ELEVENLABS.kept(body)
