from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from dashboard.calls.models import Call
from dashboard.calls.paging import Cursor, Page, read_page
from tests.factories import NOON, make_call

SIZE = 3


def walk(cursor: Cursor | None, way: str) -> list[Page]:
    pages = [read_page(Call.objects.all(), cursor, SIZE)]
    while following := getattr(pages[-1], way):
        pages.append(read_page(Call.objects.all(), following, SIZE))
    return pages


@pytest.fixture
def calls(db) -> list[Call]:
    """Eleven calls, newest first, of which many started in the same microsecond."""
    made = [make_call(started_at=NOON - timedelta(minutes=number // 5)) for number in range(11)]
    return sorted(made, key=lambda call: (call.started_at, call.pk), reverse=True)


def test_older_pages_have_no_gaps_and_no_repeats(calls):
    pages = walk(None, "older")
    assert [call.pk for page in pages for call in page.calls] == [call.pk for call in calls]
    assert [len(page.calls) for page in pages] == [3, 3, 3, 2]


def test_newer_leads_back_over_the_same_pages(calls):
    down = walk(None, "older")
    up = walk(down[-1].newer, "newer")
    assert [page.calls for page in reversed(up)] == [page.calls for page in down[:-1]]


def test_a_call_that_came_in_meanwhile_shifts_nothing(calls):
    second = read_page(Call.objects.all(), read_page(Call.objects.all(), None, SIZE).older, SIZE)
    make_call(started_at=NOON + timedelta(hours=1))
    first = read_page(Call.objects.all(), second.newer, SIZE)
    assert [call.pk for call in first.calls] == [call.pk for call in calls[:SIZE]]
    assert first.newer is not None


def test_both_ends_offer_no_further_page(calls):
    pages = walk(None, "older")
    assert pages[0].newer is None
    assert pages[-1].older is None


def test_a_page_costs_two_queries(calls, django_assert_num_queries):
    with django_assert_num_queries(2):
        read_page(Call.objects.all(), None, SIZE)


def test_labels_say_how_many_there_are(calls):
    pages = walk(None, "older")
    assert pages[0].label == "1–3 of 11 calls"
    assert pages[1].label == "3 of 11 calls"
    assert read_page(Call.objects.all(), None, 50).label == "11 calls"


def test_counting_stops_at_ten_thousand():
    assert Page((), 10_001, None, None).label == "10,000+ calls"


def test_a_cursor_survives_its_own_spelling():
    cursor = Cursor("older", NOON + timedelta(microseconds=123_457), uuid4())
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize(
    "text",
    [
        "",
        "older",
        "older.1",
        "sideways.1.{0}",
        "older.-1.{0}",
        "older.1.{0}0",
        "older.{1}.{0}",
        "older.١.{0}",
    ],
)
def test_anything_else_is_no_cursor(text):
    with pytest.raises(ValueError):
        Cursor.parse(text.format("0" * 32, "9" * 18))
