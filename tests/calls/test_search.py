from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dashboard.calls.models import Call
from dashboard.calls.search import LONGEST_ID
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
    "typed", ["a\x00b", "\x00", "x" * 5_000, "9" * 5_000, "+" * 4, "()()", "\ud7ff" * 150]
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


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
@pytest.mark.parametrize("typed", ["+442079460991", "CA8c0f51"])
def test_a_search_reads_indexes_and_not_the_whole_table(typed):
    plan = Call.objects.search(typed).explain()
    assert "SEARCH" in plan and "SCAN" not in plan
