"""What proves a message of LiveKit, and what does not; and bodies that LiveKit would never send."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.ingest.platforms.base import Incoming, Secret, Unreadable
from dashboard.ingest.platforms.livekit import LIVEKIT
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
from tests.ingest.platforms.test_livekit import (
    BODIES,
    KEY,
    SAMPLES,
    SECRET,
    TEXT,
    claims_for,
    message,
    part,
    token,
)

LEFT = SAMPLES["participant_left_sip"]
RIGHT = claims_for(LEFT.body)
NOW = int(SIGNED_AT.timestamp())
SIGNED = token(RIGHT)
BODY_SHA = hashlib.sha256(LEFT.body)


def refused(authorization: str, secret: Secret = SECRET) -> str:
    return refusal(verifying(LIVEKIT, LEFT.incoming(headers={"authorization": authorization}), secret))


def unsigned(header: Any, claims: Any = RIGHT) -> str:
    return f"{part(header)}.{part(claims)}."


def signed_with(algorithm: str, digest: str) -> str:
    """Return a token that is rightly signed, by an algorithm that is not LiveKit's."""
    text = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(RIGHT)}"
    return f"{text}.{part(hmac.new(TEXT.encode(), text.encode(), digest).digest())}"


def test_the_tests_sign_as_the_samples_are_signed() -> None:
    LIVEKIT.verify(LEFT.incoming(headers={"authorization": SIGNED}), SECRET)

    assert LEFT.headers["authorization"].split(".")[0] == SIGNED.split(".")[0]


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        ("", "missing"),
        ("  ", "missing"),
        (f"Bearer {SIGNED}", "malformed"),
        ("not a token", "malformed"),
        ("a.b", "malformed"),
        ("a.b.c", "malformed"),
        (f"{SIGNED}.{part({})}", "malformed"),
        (SIGNED.rpartition(".")[0], "malformed"),
        (SIGNED.rpartition(".")[0] + ".", "malformed"),
        (SIGNED + "=", "malformed"),
        (SIGNED.replace(".", " .", 1), "malformed"),
        ("tökén ✓.\ud800.x", "malformed"),
        (SIGNED + "A" * 100_000, "malformed"),
        (f"{part('[' * 3000)}.{part(RIGHT)}.x", "malformed"),
        (f"{part(b'[' * 3000)}.{part(RIGHT)}.x", "malformed"),
        (f"{part([])}.{part(RIGHT)}.x", "malformed"),
        (f"{part({'alg': 'HS256'})}.{part([])}.x", "malformed"),
        (f"{part({'alg': 'HS256'})}.{part(b'not JSON')}.x", "malformed"),
        (samples("elevenlabs")["post_call_audio"].headers["elevenlabs-signature"], "malformed"),
    ],
)
def test_what_is_no_token_is_refused(authorization: str, reason: str) -> None:
    assert refused(authorization) == reason


@pytest.mark.parametrize(
    "authorization",
    [
        unsigned({"alg": "none"}),
        unsigned({"alg": "None", "typ": "JWT"}),
        unsigned({"alg": "none"}) + part(b"x"),
        unsigned({"alg": "HS256"}),
        signed_with("none", "sha256"),
        signed_with("NONE", "sha256"),
        signed_with("RS256", "sha256"),
        signed_with("ES256", "sha256"),
        signed_with("hs256", "sha256"),
        signed_with("HS384", "sha384"),
        signed_with("HS512", "sha512"),
        token(RIGHT, {"typ": "JWT"}),
        token(RIGHT, {"alg": ["HS256"]}),
        token(RIGHT, {"alg": None}),
        token(RIGHT, {"alg": "HS256", "crit": ["b64"], "b64": False}),
    ],
)
def test_no_other_algorithm_is_taken(authorization: str) -> None:
    assert refused(authorization) == "malformed"


@pytest.mark.parametrize(
    "authorization",
    [
        SAMPLES["room_started"].headers["authorization"],
        token(RIGHT, secret="another secret"),
        token(RIGHT, secret=""),
        SIGNED[:-1] + ("A" if SIGNED[-1] != "A" else "B"),
        SIGNED.rpartition(".")[0] + "." + SIGNED.rpartition(".")[2].lower(),
        ".".join([SIGNED.split(".")[0], part(RIGHT | {"exp": NOW + 9999}), SIGNED.split(".")[2]]),
        token(claims_for(LEFT.body, iss="APIother")),
        token(claims_for(LEFT.body, iss=None)),
        token(claims_for(LEFT.body, iss=[KEY])),
        token(claims_for(LEFT.body, iss="")),
        token(claims_for(LEFT.body, sha256=None)),
        token(claims_for(LEFT.body, sha256="")),
        token(claims_for(LEFT.body, sha256=7)),
        token(claims_for(LEFT.body, sha256="ünknown ✓")),
        token(claims_for(LEFT.body, sha256=BODY_SHA.hexdigest())),
        token(claims_for(LEFT.body, sha256=base64.b64encode(BODY_SHA.digest()).decode().rstrip("="))),
        token(claims_for(LEFT.body, sha256=base64.b64encode(BODY_SHA.hexdigest().encode()).decode())),
        token(claims_for(b"{}")),
    ],
)
def test_a_token_of_somebody_or_something_else_is_refused(authorization: str) -> None:
    assert refused(authorization) == "wrong"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": None}, "malformed"),
        ({"exp": "1795254431"}, "malformed"),
        ({"exp": True}, "malformed"),
        ({"exp": [NOW]}, "malformed"),
        ({"exp": 10**30}, "malformed"),
        ({"exp": float("nan")}, "malformed"),
        ({"exp": float("inf")}, "malformed"),
        ({"exp": NOW - 60}, "stale"),
        ({"exp": NOW - 59}, ""),
        ({"exp": NOW - 59.5}, ""),
        ({"exp": 253_402_300_799}, ""),
        ({"exp": -(10**12)}, "malformed"),
        ({"nbf": NOW + 61}, "future"),
        ({"nbf": NOW + 60}, ""),
        ({"nbf": None}, ""),
        ({"nbf": "soon"}, "malformed"),
        ({"iat": None}, ""),
    ],
)
def test_a_token_holds_for_its_time_and_a_minute(changes: dict[str, Any], reason: str) -> None:
    authorization = token(claims_for(LEFT.body, **changes))

    if reason:
        assert refused(authorization) == reason
    else:
        LIVEKIT.verify(LEFT.incoming(headers={"authorization": authorization}), SECRET)


@pytest.mark.parametrize(("age", "reason"), [(359, ""), (360, "stale"), (-60, ""), (-61, "future")])
def test_a_message_is_taken_for_six_minutes(age: int, reason: str) -> None:
    arrived = LEFT.incoming(now=SIGNED_AT + timedelta(seconds=age))

    if reason:
        assert refusal(verifying(LIVEKIT, arrived, SECRET)) == reason
    else:
        LIVEKIT.verify(arrived, SECRET)


def test_another_secret_or_none_is_refused() -> None:
    nameless = token(claims_for(LEFT.body, iss=""))

    assert refused(SIGNED, Secret("another", KEY)) == "wrong"
    assert refused(SIGNED, Secret(TEXT, "APIother")) == "wrong"
    assert refused(nameless, Secret(TEXT, "")) == "wrong"
    assert refused(token(RIGHT, secret=""), Secret("", KEY)) == "wrong"


def test_a_message_without_the_header_is_refused() -> None:
    arrived = Incoming("https://desk.example.test/", {}, LEFT.body, SIGNED_AT)

    assert refusal(verifying(LIVEKIT, arrived, SECRET)) == "missing"


@pytest.mark.parametrize("length", [0, 1, 100, len(LEFT.body) - 1])
def test_a_truncated_body_is_refused(length: int) -> None:
    assert refusal(verifying(LIVEKIT, LEFT.incoming(body=LEFT.body[:length]), SECRET)) == "wrong"


def test_a_message_played_again_is_the_same_event() -> None:
    again = LEFT.incoming(now=SIGNED_AT + timedelta(minutes=5))

    LIVEKIT.verify(again, SECRET)

    assert LIVEKIT.read(again, "production") == LIVEKIT.read(LEFT.incoming(), "production")


@pytest.mark.parametrize(
    "body",
    [
        changed(BODIES["room_started"], ("room", "metadata"), "x" * 5_000_000),
        changed(BODIES["room_started"], ("room", "metadata"), "[" * 5_000_000),
        changed(BODIES["participant_left_sip"], ("participant", "attributes"), {
            f"sip.h.x-{number}": f"id-{number}" for number in range(200_000)
        }),
    ],
)  # fmt: skip
def test_five_megabytes_are_quickly_dealt_with(body: Any) -> None:
    incoming = message(body)

    began = time.process_time()
    LIVEKIT.verify(incoming, SECRET)
    outcome(LIVEKIT, incoming)

    assert time.process_time() - began < 3


@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_livekit_never_sends_is_no_call(name: str) -> None:
    try:
        reading = LIVEKIT.read(message(MALFORMED[name]), "production")
    except Unreadable:
        return
    assert (reading.is_known_type, reading.reports) == (False, ())


@pytest.mark.parametrize("odd", ODD_VALUES)
@pytest.mark.parametrize("name", BODIES)
def test_an_odd_value_anywhere_is_left_out(name: str, odd: str) -> None:
    for path in paths(BODIES[name]):
        outcome(LIVEKIT, message(changed(BODIES[name], path, ODD_VALUES[odd])))


PLACES = [(name, path) for name, body in BODIES.items() for path in paths(body)]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), JSON_VALUES)
def test_any_change_of_a_sample_is_read_or_unreadable(place: tuple[str, tuple[Any, ...]], value: Any) -> None:
    incoming = message(changed(BODIES[place[0]], place[1], value))

    LIVEKIT.verify(incoming, SECRET)
    outcome(LIVEKIT, incoming)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["iss", "exp", "nbf", "sha256", "alg", "crit"]), JSON_VALUES))
def test_any_claims_in_any_header_are_refused(changes: dict[str, Any]) -> None:
    for authorization in (
        token(RIGHT, changes or {"x": 1}),
        token(changes),
        token(RIGHT | changes, secret="x"),
    ):
        assert refused(authorization) in ("malformed", "wrong", "stale", "future")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_refused(authorization: str) -> None:
    assert refused(authorization) in ("missing", "malformed", "wrong")
