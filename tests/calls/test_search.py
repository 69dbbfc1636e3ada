from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dashboard.calls import search
from dashboard.calls.models import Call
from dashboard.calls.pasted import LONGEST_ID, LONGEST_PASTED, MOST_IDS, read
from tests.factories import make_call

pytestmark = pytest.mark.django_db


def found(text: str) -> set[str]:
    return {call.platform_call_id for call in Call.objects.search(text)}


def test_an_empty_text_finds_every_call():
    make_call(), make_call()
    assert len(found("  ")) == 2


@pytest.mark.parametrize("typed", ["CA8c0f51", "  CA8c0f51 ", '"CA8c0f51"', "'CA8c0f51'", "“CA8c0f51”"])
def test_an_id_is_found_as_it_was_pasted(typed):
    make_call(platform_call_id="CA8c0f51"), make_call()
    assert found(typed) == {"CA8c0f51"}


def test_the_start_of_an_id_is_enough_from_four_characters_on():
    make_call(platform_call_id="room-hall-7"), make_call(platform_call_id="roof-1")
    assert found("room") == {"room-hall-7"}
    assert found("roo") == set()


def test_a_short_id_is_found_whole():
    make_call(platform_call_id="7"), make_call(platform_call_id="77")
    assert found("7") == {"7"}


@pytest.mark.parametrize("typed", ["cal%", "call_1", "%%%%", "____", "call*", "call-0%"])
def test_wildcards_are_ordinary_characters(typed):
    make_call(platform_call_id="call-000")
    assert found(typed) == set()


@pytest.mark.parametrize(
    "awkward", ['a"b c', '"quoted"', "100%_off", "a*b", "[x],y:z", "OR", "📞 call", "a\\b", "'"]
)
def test_awkward_ids_are_found(awkward):
    make_call(platform_call_id=awkward), make_call()
    assert found(awkward) == {awkward}


def test_our_own_id_finds_the_call():
    call = make_call()
    make_call()
    assert found(str(call.pk)) == found(call.pk.hex) == {call.platform_call_id}


NUMBER = "+442079460991"


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        "+44 20 7946 0991",
        "+44 (0)20 7946-0991",
        "0044 20 7946 0991",
        "020 7946 0991",
        "7946 0991",
        "0991",
        "(0991)",
        '"0991"',
        "442079460991",
    ],
)
def test_a_number_is_found_however_it_is_written(typed):
    make_call(platform_call_id="wanted", from_number=NUMBER), make_call(from_number="+442079460992")
    assert found(typed) == {"wanted"}


@pytest.mark.parametrize("typed", ["991", "7946", "+449999460991", "0992", "00991"])
def test_other_digits_do_not_find_it(typed):
    make_call(from_number=NUMBER)
    assert found(typed) == set()


def test_the_number_that_was_called_is_found_too():
    make_call(platform_call_id="out", to_number="+15550100123"), make_call()
    assert found("+1 555 010 0123") == {"out"}


@pytest.mark.parametrize(
    "typed", ["a\x00b", "\x00", "x" * 5_000, "9" * 5_000, "+" * 4, "()()", "\ud7ff" * 150, "\ud800abcd"]
)
def test_hostile_text_finds_nothing(typed):
    make_call()
    assert found(typed) == set()


class AnyText(TestCase):
    # No deadline: how long a query takes depends on what else the machine does.
    @settings(deadline=None)
    @given(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=LONGEST_ID).filter(
            str.strip
        )
    )
    def test_an_id_finds_its_call_and_no_text_fails(self, text):
        Call.objects.all().delete()
        make_call(platform_call_id=text)
        assert found(text) == {text}


UUID_ = "8f14e45f-ceea-467f-a0e6-4c3c9a2f7b11"
HEX = UUID_.replace("-", "")
IDS = [
    UUID_,
    HEX,
    f"CA{HEX}",
    f"call_{HEX[:27]}",
    "conv_01jxd4k2q8fe3vh9s7m5ntpw6z",
    "RM_kVnt8fRwzyxQ",
    "SCL_a1B2c3D4e5F6",
    "AJ_p8Jf2Kd91mQx",
    "room-7f3a9c2e5b81d604",
    "call-_+15105550123_XyZ9",
]
PLACES = [
    "{}",
    "  {}\n",
    "\t“{}” ",
    "'{}'",
    "<{}>",
    "\u200b{}\u2069",
    "https://dashboard.example/calls/{}/?environment=all",
    "https://api.example/v1/calls?id={}&expand=transcript#top",
    "https://example/?next=%2Fcalls%2F{}%2F",
    "2026-11-23 12:00:01,123 ERROR voice.call: no answer (callId={}, status=504)",
    '{{"level": "error", "call_id": "{}", "at": "2026-11-23T12:00:01Z"}}',
    "call_id:{} trace_id:00000000000000000000000000000001",
    "Call {}.",
    "[{}] retry 3 of 5; took 1200ms",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("stored", IDS)
def test_an_id_is_found_wherever_it_was_copied_from(stored, place):
    make_call(platform_call_id=stored), make_call()
    assert found(place.format(stored)) == {stored}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("stored", IDS)
def test_an_alias_finds_its_call(stored, place):
    make_call(platform_call_id="wanted").aliases.create(kind="other", value=stored)
    make_call().aliases.create(kind="other", value=f"other-{stored}")
    assert found(place.format(stored)) == {"wanted"}


@pytest.mark.parametrize("place", PLACES)
def test_our_own_address_finds_the_call(place):
    call, _other = make_call(), make_call()
    assert found(place.format(call.pk)) == {call.platform_call_id}


@pytest.mark.parametrize(
    "typed",
    [UUID_.upper(), HEX.upper(), HEX, f"{UUID_[:18]}\n{UUID_[18:]}", f"{HEX[:8]} {HEX[8:]}"],
)
def test_case_dashes_and_line_breaks_do_not_matter_in_hexadecimal_ids(typed):
    make_call(platform_call_id=UUID_), make_call()
    assert found(typed) == {UUID_}


def test_the_case_of_other_ids_matters():
    make_call(platform_call_id="RM_kVnt8fRwzyxQ")
    assert found("rm_kvnt8frwzyxq") == set()


def test_a_carriers_id_is_found_in_capitals():
    make_call(platform_call_id=f"CA{HEX}")
    assert found(f"ca{HEX.upper()}") == {f"CA{HEX}"}


@pytest.mark.parametrize("typed", ["CA8c0f", "CA8c0f51…", "CA8c0f51..."])
def test_the_start_of_an_alias_is_enough(typed):
    make_call(platform_call_id="wanted").aliases.create(kind="twilio_call_sid", value="CA8c0f51d3aa")
    make_call()
    assert found(typed) == {"wanted"}


def test_of_many_ids_with_one_start_so_many_are_found(monkeypatch):
    monkeypatch.setattr(search, "MOST_STARTING", 3)
    for number in range(5):
        make_call(platform_call_id=f"room-{number}")
    assert found("room") == {"room-0", "room-1", "room-2"}


def test_a_start_of_too_many_ids_is_said(support_client, monkeypatch):
    monkeypatch.setattr(search, "MOST_STARTING", 3)
    for number in range(4):
        make_call(platform_call_id=f"room-{number}").aliases.create(kind="x", value=f"CA8c-{number}")
    for typed in ("room", "CA8c"):
        page = support_client.get("/calls/", {"q": typed}).content.decode()
        assert f"ids begin with “{typed}”" in page
    assert "ids begin with" not in support_client.get("/calls/", {"q": "room-1"}).content.decode()
    none = support_client.get("/calls/", {"q": "room", "outcome": "busy"}).content.decode()
    assert "ids begin with" in none and "No call matches" in none


def test_a_call_is_found_once_however_many_of_its_ids_match():
    call = make_call(platform_call_id=UUID_, from_number="+442079460991")
    for kind in ("trace_id", "room_sid"):
        call.aliases.create(kind=kind, value=HEX)
    text = f"{UUID_} {HEX} from +44 20 7946 0991"
    assert [one.pk for one in Call.objects.search(text)] == [call.pk]


@pytest.mark.parametrize(
    "typed",
    [
        "tel:+442079460991",
        "sip:+442079460991@sip.example.com;transport=tls",
        "+44 20 ••• 0991",
        "incoming call from +44 20 7946 0991 at 12:00:01",
        "2026-11-23 12:00:01 from=+442079460991 to=+15550100123 took 1200ms",
        "https://example/?from=%2B442079460991",
        "\u202a+44 20 7946 0991\u202c",
    ],
)
def test_a_number_is_found_wherever_it_was_copied_from(typed):
    make_call(platform_call_id="wanted", from_number=NUMBER), make_call(from_number="+442079460992")
    assert found(typed) == {"wanted"}


IDS_AS_PLATFORMS_MAKE_THEM = st.one_of(
    st.uuids().map(str),
    st.uuids().map(lambda name: name.hex),
    st.uuids().map(lambda name: f"CA{name.hex}"),
    st.from_regex(r"call_[0-9a-f]{27}", fullmatch=True),
    st.from_regex(r"conv_[0-9a-z]{26}", fullmatch=True),
    st.from_regex(r"(?:RM|SCL|AJ)_[0-9A-Za-z]{12}", fullmatch=True),
    st.from_regex(r"[a-z]{4}[0-9]{4}[A-Za-z0-9_-]{8,20}[a-z0-9]", fullmatch=True),
)
AROUND = st.lists(
    st.sampled_from([" ", "\n", '"', "'", "(", ")", "[", "]", "{", "}", ",", ";", "&", "?", "=", "/", "|"]),
    min_size=1,
    max_size=3,
).map("".join)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60)


class AnywhereInAnyText(TestCase):
    @settings(deadline=None)
    @given(WORDS, AROUND, IDS_AS_PLATFORMS_MAKE_THEM, AROUND, WORDS)
    def test_an_id_is_found(self, before, open_, stored, close, after):
        Call.objects.all().delete()
        make_call(platform_call_id=stored)
        # What follows a percent sign in an address is an escape.
        text = f"{before}{open_}{stored}{close}{after}".replace("%", "")
        assert found(text) == {stored}

    @settings(deadline=None)
    @given(st.text(max_size=LONGEST_PASTED + 9))
    def test_no_text_fails_or_asks_for_more_than_a_few_ids(self, text):
        found(text)
        asked = read(text)
        assert len(asked.ids) <= 5 * MOST_IDS and len(asked.keys) <= MOST_IDS
        assert len(asked.numbers) <= 3 and len(asked.sentry_ids) <= 2


@pytest.mark.parametrize(
    "q",
    [
        "a\x00b",
        "\ufffe\uffff",
        "%00%ff%zz",
        "' OR 1=1 --",
        '"; DROP TABLE calls_call; --',
        "%" * LONGEST_PASTED,
        "(" * LONGEST_PASTED,
        "1 " * (LONGEST_PASTED // 2),
        "0" * LONGEST_PASTED,
        "a1-" * (LONGEST_PASTED // 3),
        "\U0010ffff" * 200,
        "x" * (LONGEST_PASTED + 1),
        "\u202e" * 50,
        " ".join([HEX] * 60),
    ],
)
def test_hostile_text_gets_an_ordinary_answer(support_client, q):
    make_call()
    assert support_client.get("/calls/", {"q": q}, follow=True).status_code in (200, 400)
