from __future__ import annotations

import re

import pytest

from tests.logs.pages import HTMX, ago, browse, link_to, parameters_of, text_of


def rows(response):
    return re.findall(r'<tr role="row" data-id="([^"]*)"', response.content.decode())


def row_words(response, correlation_id):
    row = re.search(rf'<tr role="row" data-id="{correlation_id}".*?</tr>', response.content.decode(), re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row.group(0)))


@pytest.fixture
def events(sandbox):
    def add(correlation_id, level="error", environment="production", **more):
        more.setdefault("timestamp", ago(minutes=30))
        return sandbox.add_event(correlation_id=correlation_id, level=level, environment=environment, **more)

    return add


def test_the_page_comes_without_asking_sentry(support_client, sandbox):
    response = browse(support_client, headers={}, search="slow", level=["error"])
    assert sandbox.requests == []
    load = re.search(
        r'id="results"[^>]* hx-get="([^"]*)" hx-trigger="load"', response.content.decode()
    ).group(1)
    assert parameters_of(load.replace("&amp;", "&"))["search"] == ["slow"]
    assert "Asking Sentry" in text_of(response)
    assert "now=1" in link_to(response, "Show the events")


def test_groups_come_latest_first_with_counts_per_level_and_environment(support_client, events):
    events("older", "fatal", timestamp=ago(hours=3))
    events("newer", "error")
    events("newer", "info", timestamp=ago(minutes=40))
    events("newer", "info", environment="staging", timestamp=ago(minutes=35))

    response = browse(support_client)

    assert rows(response) == ["newer", "older"]
    words = row_words(response, "newer")
    assert "1 error" in words
    assert "2 info" in words
    assert "3 events" in words
    assert re.search(r"production 2 +staging 1", words)
    assert words.rstrip().endswith("Error")
    assert row_words(response, "older").rstrip().endswith("Fatal")


def test_totals_by_environment_stand_above_also_when_they_are_zero(support_client, events):
    events("a", "error")
    events("a", "warning")
    response = browse(support_client)
    totals = re.search(r'<table class="totals".*?</table>', response.content.decode(), re.S).group(0)
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", totals))
    assert "production 0 1 1 0 0 2" in words
    assert "staging 0 0 0 0 0 0" in words
    assert words.count("production") == 1


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"level": ["fatal"]}, ["a"]),
        ({"statsPeriod": "24h"}, ["b", "a"]),
        ({"statsPeriod": "30d"}, ["b", "a", "old"]),
        ({"eventType": "default"}, ["b"]),
        ({"search": "slow"}, ["b"]),
        ({"environment": "staging"}, ["b"]),
    ],
)
def test_filters_narrow_the_groups(support_client, events, parameters, found):
    events("a", "fatal", title="SpeechError: no answer", timestamp=ago(hours=2))
    events("b", "info", environment="staging", message="slow turn")
    events("old", title="SpeechError: long ago", timestamp=ago(days=20))
    assert rows(browse(support_client, **parameters)) == found


def test_all_groups_can_be_walked_and_the_first_page_is_a_link(support_client, events):
    for number in range(130):
        events(f"call-{number}", timestamp=ago(minutes=5, seconds=number // 4))
    first = browse(support_client)
    older = link_to(first, "Older")
    second = support_client.get(older, headers=HTMX)
    seen = rows(first) + rows(second)
    assert (len(seen), len(set(seen))) == (130, 130)
    assert link_to(first, "Older", "hx-push-url") == older
    assert "cursor" not in parameters_of(link_to(second, "First page"))
    assert b"Older" not in second.content


def test_a_wrong_search_shows_sentrys_message_beside_the_box(support_client, events):
    events("a")
    response = browse(support_client, search="(slow")
    message = re.search(r'<p class="errorlist" id="search-error"([^>]*)>(.*?)</p>', response.content.decode())
    assert "hx-swap-oob" in message.group(1)
    assert "hidden" not in message.group(1)
    assert "parenthes" in message.group(2).lower()
    assert rows(response) == []


def test_without_javascript_the_box_itself_is_marked(support_client, events):
    page = browse(support_client, headers={}, search="(slow", now="1").content.decode()
    box = re.search(r'<input[^>]*name="search"[^>]*>', page).group(0)
    assert 'aria-invalid="true"' in box
    assert 'aria-describedby="search-error"' in box
    assert 'value="(slow"' in box


def test_a_right_search_takes_the_message_away(support_client, events):
    events("a")
    page = browse(support_client, search="").content.decode()
    assert re.search(r'id="search-error" hx-swap-oob="true" hidden', page)


@pytest.mark.parametrize(
    "text", ['"', "\\", "*", "OR", "a OR", "[", "((", "tags[x]:", "📞", "x" * 300, "a,b", "'"]
)
def test_every_search_is_answered_or_refused(support_client, events, text):
    events("a")
    response = browse(support_client, search=text)
    assert response.status_code == 200
    assert rows(response) or "No events" in text_of(response) or "Nothing was searched" in text_of(response)


def test_a_hand_made_wrong_address_is_refused_by_name(support_client, sandbox):
    response = browse(support_client, headers={}, statsPeriod="5d")
    assert response.status_code == 400
    assert "“5d” is not one of: 24h, 7d, 14d, 30d, 90d." in text_of(response)
    assert browse(support_client, statsPeriod="5d").status_code == 200
    assert sandbox.requests == []


def test_the_toolbar_gives_the_page_its_address(support_client, events):
    headers = {**HTMX, "HX-Trigger": "browse-toolbar"}
    response = browse(
        support_client, headers=headers, search="slow", statsPeriod="30d", eventType="", level=["error"]
    )
    assert parameters_of(response["HX-Push-Url"]) == {
        "environment": ["all"], "search": ["slow"], "statsPeriod": ["30d"], "level": ["error"],
    }  # fmt: skip


def test_a_refused_search_stays_in_the_address(support_client, events):
    headers = {**HTMX, "HX-Trigger": "browse-toolbar"}
    response = browse(support_client, headers=headers, search="(slow")
    assert parameters_of(response["HX-Push-Url"])["search"] == ["(slow"]


def test_events_without_an_id_are_counted_and_reachable(support_client, events):
    events("a")
    for number in range(3):
        events(None, message=f"stray {number}")
    response = browse(support_client)
    assert "3 events without a correlation id" in text_of(response)
    listed = support_client.get(link_to(response, "Show them"))
    assert "stray 0" in text_of(listed)
    assert "3 events, newest first, complete" in text_of(listed)


def test_awkward_and_hostile_ids_are_shown_whole_and_harmless(support_client, events):
    evil = "<script>alert(1)</script>"
    events(evil, message=evil)
    page = browse(support_client, headers={}, now="1").content.decode()
    assert "<script>alert" not in page
    assert 'title="&lt;script&gt;alert(1)&lt;/script&gt;"' in page


def test_nothing_found_says_what_to_try(support_client, events):
    events("a")
    assert "Choose a longer period or more levels" in text_of(browse(support_client, level=["debug"]))
