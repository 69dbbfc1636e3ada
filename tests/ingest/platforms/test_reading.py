"""Facts read from values of any kind: right in their units, and never an error."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ingest.platforms import reading
from dashboard.ingest.platforms.aliases import alias, aliases_in
from dashboard.ingest.platforms.base import Unreadable
from dashboard.ingest.platforms.conversation import json_or_text, tool_call, turn, turns_in
from dashboard.ingest.reports import Alias
from tests.ingest.platforms.conftest import MALFORMED, ODD_VALUES

CALL = datetime(2026, 11, 21, 9, 41, 1, tzinfo=UTC)
READERS = [
    *(reading.text, reading.identifier, reading.address, reading.phone, reading.integer, reading.decimal),
    *(reading.amount, reading.milliseconds, reading.latency, reading.flag, reading.instant),
    *(reading.mapping, reading.objects, json_or_text, turns_in, aliases_in),
]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)

READABLE = {"empty object", "long number", "arrays for objects", "numbers for objects"}


@pytest.mark.parametrize("name", sorted(MALFORMED.keys() - READABLE))
def test_what_is_no_json_object_cannot_be_read(name: str) -> None:
    with pytest.raises(Unreadable):
        reading.parse(MALFORMED[name])


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"{}", {}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"a": NaN, "b": Infinity, "c": -Infinity, "d": 1e999}', dict.fromkeys("abcd")),
        (b'{"a": ' + b"9" * 5_000 + b"}", {"a": None}),
        (b'{"a\\u0000": "b\\u0000", "\\ud800": ["\\udfff"]}', {"a\ufffd": "b\ufffd", "\ufffd": ["\ufffd"]}),
        ('{"a": "\\ud83d\\ude00 é"}'.encode(), {"a": "\U0001f600 é"}),
        (b'{"a":' * 63 + b"{}" + b"}" * 63, None),
    ],
)
def test_a_body_is_read_and_cleaned(body: bytes, found: Any) -> None:
    read = reading.parse(body)
    assert found is None or read == found
    json.dumps(read, allow_nan=False).encode()


def test_more_than_64_levels_are_too_many() -> None:
    with pytest.raises(Unreadable):
        reading.parse(b'{"a":' * 64 + b"{}" + b"}" * 64)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", ODD_VALUES)
def test_no_value_is_an_error(reader: Any, name: str) -> None:
    reader(ODD_VALUES[name])


@given(ANY_JSON)
def test_no_generated_value_is_an_error(value: Any) -> None:
    for reader in READERS:
        reader(value)
    tool_call(value, arguments=value, result=value)
    turn(value, value, None)
    alias("call_id", value)


@pytest.mark.parametrize(
    "value",
    [
        *(1795254061, 1795254061.0, 1795254061000, 1795254061000000, 1795254061000000000),
        *("1795254061", "1795254061000", " 1795254061 ", "1795254061000000000"),
        *("2026-11-21T09:41:01Z", "2026-11-21T09:41:01.000Z", "2026-11-21T10:41:01+01:00"),
        *("2026-11-21T09:41:01", "2026-11-21 09:41:01+00:00"),
        *("Sat, 21 Nov 2026 09:41:01 +0000", "Sat, 21 Nov 2026 10:41:01 +0100"),
    ],
)
def test_a_time_is_the_same_however_it_is_written(value: Any) -> None:
    assert reading.instant(value) == CALL


def test_a_time_keeps_its_milliseconds() -> None:
    assert reading.instant(1795254061004) == CALL + timedelta(milliseconds=4)
    assert reading.instant("1795254061000000500") == CALL
    assert reading.instant("2026-11-21T09:41:01.120Z") == CALL + timedelta(milliseconds=120)


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, "", "soon", 0, -1, 1, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 10**30, 1e308),
        *("1" * 5_000, "\uff11795254061", "1_795_254_061", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z"),
        *("nan", "inf", "Sat, 99 Foo 2026", [], {}),
    ],
)
def test_a_time_that_no_call_has_is_none(value: Any) -> None:
    assert reading.instant(value) is None


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("+15555550123", "+15555550123"),
        ("+1 (555) 555-0123", "+15555550123"),
        ("sip:+15555550123@host.test;user=phone", "+15555550123"),
        ("sip:front.desk@host.test", "sip:front.desk@host.test"),
        ("client:bob", "client:bob"),
        (15555550123, "15555550123"),
        ("anonymous", None),
        ("Restricted", None),
        ("sip:anonymous@anonymous.invalid", None),
        ("+266696687", None),
        ("+" + "1" * 200, None),
        ("", None),
        (True, None),
    ],
)
def test_a_phone_number(said: Any, number: str | None) -> None:
    assert reading.phone(said) == number


@pytest.mark.parametrize(
    ("value", "unit", "found"),
    [
        (69_700, 1, 69_700),
        (69.7, 1000, 69_700),
        ("70", 1000, 70_000),
        (0, 1, 0),
        (-1, 1, None),
        (10**12, 1, None),
        (1e308, 1, None),
        (True, 1, None),
        ("1_0", 1, None),
        ("\u0661", 1, None),
    ],
)
def test_a_length(value: Any, unit: int, found: int | None) -> None:
    assert reading.milliseconds(value, unit) == found


@pytest.mark.parametrize(
    ("value", "unit", "found"),
    [
        (0.1142, "1", "0.1142"),
        (14.2, "0.01", "0.142"),
        ("0.0000004", "1", "0"),
        (1e308, "1", None),
        (10**8, "1", None),
        (-0.01, "1", None),
        ("nan", "1", None),
        (None, "1", None),
    ],
)
def test_a_cost(value: Any, unit: str, found: str | None) -> None:
    assert reading.amount(value, Decimal(unit)) == (None if found is None else Decimal(found))


def test_text_is_cut_but_an_id_is_not() -> None:
    assert reading.text("  Front desk ", 7) == "Front d"
    assert reading.text(7, 40) == "7"
    assert reading.identifier("x" * 200) == "x" * 200
    assert reading.identifier("x" * 201) is None
    assert reading.identifier("  ") is None
    assert reading.identifier("a\x00\ud800") == "a\ufffd\ufffd"


def test_only_a_web_address_is_a_link() -> None:
    assert reading.address("https://storage.example.test/rec.wav") == "https://storage.example.test/rec.wav"
    assert reading.address("javascript:alert(1)") is None
    assert reading.address("https://" + "a" * 2_000) is None


def test_ids_are_found_by_their_names() -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    attached = {
        "correlationId": "corr-1",
        "X-Call-Sid": "CA01",
        "system__conversation_id": "conv_1",
        "traceparent": f"00-{trace}-b7ad6b7169203331-01",
        "sip.h.x-correlation-id": "corr-2",
        "room": 42,
        "nested": {"session_id": "s-1", "deeper": {"job_id": "never"}},
        "tenant_id": "clinic-42",
        "job_id": "x" * 201,
        "trace_id": None,
        "call_id": "unknown",
        "sentry-trace": "nonsense",
    }
    assert aliases_in(attached) == {
        Alias("correlation_id", "corr-1"),
        Alias("call_sid", "CA01"),
        Alias("conversation_id", "conv_1"),
        Alias("trace_id", trace),
        Alias("correlation_id", "corr-2"),
        Alias("room", "42"),
        Alias("session_id", "s-1"),
    }
    assert aliases_in({"sentry-trace": f"{trace}-b7ad6b7169203331-1"}) == {Alias("trace_id", trace)}


def test_no_sender_attaches_ids_without_end() -> None:
    hostile = {str(n): {"call_id": f"id-{n}", "room": f"room-{n}"} for n in range(10_000)}
    assert len(aliases_in(hostile)) <= 51


def test_turns_are_found_in_text() -> None:
    assert turns_in("AI: Hello.\nHow can I help?\nUser: Book: Tuesday\n\nOperator: Hi\n") == [
        {"role": "agent", "text": "Hello.\nHow can I help?", "atMs": None},
        {"role": "caller", "text": "Book: Tuesday\nOperator: Hi", "atMs": None},
    ]


def test_arguments_written_as_text_are_read() -> None:
    assert json_or_text('{"day": "Tue", "n": NaN}') == {"day": "Tue", "n": None}
    assert json_or_text('{"day": ') == '{"day": '
    assert json_or_text("timeout") == "timeout"
