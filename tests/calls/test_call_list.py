from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from dashboard.calls.vocabulary import EndedReason, Outcome
from tests.factories import NOON, make_call

URL = "/calls/"
HTMX = {"HX-Request": "true", "HX-Target": "table"}


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON + timedelta(minutes=30), tick=False)


def text(response) -> str:
    """Return what a person reads of an answer, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def rows(response) -> list[str]:
    return re.findall(r'<tr id="c-([0-9a-f-]{36})"', response.content.decode())


def link(response, rel: str) -> str | None:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', response.content.decode())
    return unescape(found[1]) if found else None


def test_a_visitor_has_to_sign_in(client, db):
    assert client.get(URL).status_code == 302


def test_calls_stand_newest_first(support_client):
    calls = [make_call(started_at=NOON - timedelta(hours=hours)) for hours in (2, 0, 1)]
    assert rows(support_client.get(URL)) == [str(calls[number].pk) for number in (1, 2, 0)]


def test_a_row_says_what_the_call_was(support_client):
    make_call(
        started_at=NOON,
        outcome=Outcome.FAILED,
        ended_reason=EndedReason.TTS_ERROR,
        duration_ms=227_000,
        environment="staging",
    )
    page = text(support_client.get(URL))
    for words in ("12:00:00", "Riverside Dental", "Front desk 2.3.1", "3:47", "staging"):
        assert words in page
    assert "Failed speech provider error" in page


def test_numbers_are_masked(support_client):
    make_call(from_number="+442079464417", to_number="+442079460005")
    page = support_client.get(URL).content.decode()
    assert "+44 ••• 17" in page
    assert "79464417" not in page and "79460005" not in page


def test_a_running_call_shows_its_length_so_far_and_no_outcome(support_client):
    make_call(running=True, started_at=NOON)
    page = text(support_client.get(URL))
    assert "In progress" in page and "30:00" in page and "Not yet" in page
    assert "reason not known" not in page


def test_rows_stand_under_their_day(support_client):
    make_call(started_at=NOON), make_call(started_at=NOON - timedelta(days=1))
    page = text(support_client.get(URL))
    assert page.index("Today, Monday 23 November") < page.index("Yesterday, Sunday 22 November")


def test_a_page_costs_six_queries_at_most_and_does_not_wait_for_sentry(
    support_client, sandbox, django_assert_max_num_queries
):
    for _number in range(60):
        make_call()
    # A search by number is recorded once an hour, in a transaction of its own.
    support_client.get(URL, {"q": "0001"})
    with django_assert_max_num_queries(6):
        response = support_client.get(URL, {"q": "0001", "range": "30d", "outcome": "completed"})
    with django_assert_max_num_queries(6):
        assert len(rows(support_client.get(URL))) == 50
    assert response.status_code == 200
    assert sandbox.requests == []


def test_only_the_chosen_environment_is_shown(support_client):
    make_call()
    staging = make_call(environment="staging")
    assert rows(support_client.get(URL, {"environment": "staging"})) == [str(staging.pk)]
    assert len(rows(support_client.get(URL, {"environment": "all"}))) == 2


@pytest.mark.parametrize(
    ("name", "shown"), [("1h", 1), ("24h", 2), ("7d", 3), ("30d", 4), ("90d", 5), ("any", 6)]
)
def test_a_range_reaches_back_from_now(support_client, name, shown):
    for days in (0, 0.5, 5, 20, 60, 100):
        make_call(started_at=NOON - timedelta(days=days))
    assert len(rows(support_client.get(URL, {"range": name}))) == shown


def test_filters_work_together(support_client):
    wanted = make_call(outcome=Outcome.FAILED, from_number="+442079464417")
    make_call(outcome=Outcome.FAILED), make_call(from_number="+442079464417")
    response = support_client.get(URL, {"q": "4417", "outcome": "failed"})
    assert rows(response) == [str(wanted.pk)]
    assert 'value="4417"' in response.content.decode()
    assert '<option value="failed" selected>' in response.content.decode()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("range", "2h", "There is no such time range."),
        ("outcome", "fine", "There is no such outcome."),
        ("errors", "yes", "can only be 1"),
        ("q", "x" * 5_000, "at most 2,000 characters"),
        ("q", "a\x00b", "invisible characters"),
        ("cursor", "older.1", "incomplete or mistyped"),
    ],
)
def test_a_wrong_parameter_is_named_and_no_rows_are_guessed(support_client, name, value, words):
    make_call()
    response = support_client.get(URL, {name: value})
    assert response.status_code == 400
    assert words in text(response)
    assert rows(response) == []
    fragment = support_client.get(URL, {name: value}, headers=HTMX)
    assert fragment.status_code == 200 and words in text(fragment) and rows(fragment) == []


def test_a_wrong_value_is_marked_beside_its_control(support_client):
    page = support_client.get(URL, {"range": "2h"}).content.decode()
    assert re.search(
        r'<select name="range"[^>]*aria-invalid="true"[^>]*aria-describedby="range_error"', page
    ) or (re.search(r'<select name="range"[^>]*aria-describedby="range_error"[^>]*aria-invalid="true"', page))
    assert 'id="range_error"' in page


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1 --", "\\", "<script>alert(1)</script>", "'", "🦷"])
def test_hostile_search_text_finds_nothing_and_is_only_shown(support_client, typed):
    make_call()
    response = support_client.get(URL, {"q": typed})
    assert response.status_code == 200
    assert f"No call matches “{typed}”" in text(response) or "script" in typed
    assert "<script>alert" not in response.content.decode()


def test_hostile_facts_are_shown_and_not_run(support_client):
    bad = "<img src=x onerror=alert(1)>"
    make_call(line=bad, agent_name=bad, platform_call_id=bad, from_number=bad)
    assert "<img" not in support_client.get(URL).content.decode()


def test_htmx_gets_the_table_alone(support_client):
    make_call()
    fragment = support_client.get(URL, headers=HTMX)
    assert fragment.content.decode().strip().startswith('<section id="table"')
    assert "HX-Request" in fragment["Vary"]


def test_going_back_in_history_gets_the_whole_page(support_client):
    restored = support_client.get(URL, headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in restored.content.decode()


def test_filtering_writes_a_clean_address(support_client):
    asked = {"q": " 4417 ", "range": "any", "outcome": "", "environment": "staging"}
    response = support_client.get(URL, asked, headers={**HTMX, "HX-Trigger": "filters"})
    assert response["HX-Push-Url"] == "/calls/?q=4417&environment=staging"


def test_older_and_newer_keep_the_filters(support_client):
    for _number in range(60):
        make_call(outcome=Outcome.FAILED)
    first = support_client.get(URL, {"outcome": "failed"})
    second = support_client.get(URL + link(first, "next"))
    assert len(rows(first)) == 50 and len(rows(second)) == 10
    assert "outcome=failed" in link(second, "prev")
    assert rows(support_client.get(URL + link(second, "prev"))) == rows(first)
    assert link(first, "prev") is None and link(second, "next") is None


def test_a_page_beyond_the_end_offers_the_way_back(support_client):
    for _number in range(51):
        make_call()
    older = link(support_client.get(URL), "next")
    response = support_client.get(URL + older + "&range=1h")
    assert "There are no older calls." in text(response)
    assert 'href="?range=1h&amp;environment=all"' in response.content.decode()


def test_the_total_is_said(support_client):
    make_call()
    assert "1 call, newest first" in text(support_client.get(URL))


def test_without_any_calls_it_says_how_to_get_some(support_client):
    assert "manage.py seed_calls 100" in text(support_client.get(URL))


def test_an_empty_environment_points_to_the_others(support_client):
    make_call()
    page = text(support_client.get(URL, {"environment": "staging"}))
    assert "No calls in staging." in page and "Show all environments" in page


def test_no_match_repeats_what_was_asked(support_client):
    make_call()
    asked = {"q": "room-9", "range": "7d", "outcome": "failed", "environment": "staging"}
    page = text(support_client.get(URL, asked))
    assert "No call matches “room-9”." in page
    assert "Searched staging, the last 7 days, calls with the outcome “failed”." in page


def test_rows_ask_once_for_all_their_marks(support_client):
    calls = [make_call(started_at=NOON - timedelta(minutes=number)) for number in range(3)]
    page = unescape(support_client.get(URL).content.decode())
    ids = ",".join(str(call.pk) for call in calls)
    assert (
        page.count(f'hx-get="{reverse("calls:marks")}?environment=all&ids={ids}"') == 2
    )  # by itself and by hand
    assert 'hx-trigger="load, every 60s"' in page
    assert page.count(">Checking</span>") == 3
