from __future__ import annotations

import pytest

from tests.logs.pages import CALL_PAGE, HTMX, NOW, ago, link_to, panel, parameters_of, text_of, titles


def test_it_shows_the_events_of_the_call_newest_first(support_client, sandbox):
    sandbox.add_event(correlation_id="call_1", message="first", timestamp=ago(minutes=50))
    sandbox.add_event(correlation_id="call_1", message="second", timestamp=ago(minutes=40))
    sandbox.add_event(correlation_id="another", message="not mine", timestamp=ago(minutes=45))

    response = panel(support_client)

    assert titles(response) == ["second", "first"]
    assert "2 events, newest first, complete" in text_of(response)
    assert "Asked Sentry at" in text_of(response)


def test_an_event_says_when_where_and_how_bad(support_client, sandbox):
    sandbox.add_event(
        correlation_id="call_1",
        level="fatal",
        title="WorkerCrashed: signal 9",
        environment="staging",
        transaction="agent.worker",
        timestamp=ago(minutes=57, seconds=54),
    )
    words = text_of(panel(support_client, started=ago(hours=1)))
    for expected in ("+2:06", "Fatal", "errors", "staging", "WorkerCrashed: signal 9", "agent.worker"):
        assert expected in words


def test_an_event_links_to_sentry_without_telling_where_from(support_client, sandbox):
    event_id = sandbox.add_event(correlation_id="call_1", timestamp=ago(minutes=50))
    response = panel(support_client)
    assert event_id in link_to(response, "Open in Sentry")
    assert 'target="_blank" rel="noreferrer noopener"' in response.content.decode()


def test_a_fragment_for_htmx_and_a_whole_page_without(support_client, sandbox):
    fragment, page = panel(support_client), panel(support_client, headers={})
    assert fragment.content.decode().strip().startswith('<div id="panel"')
    assert "<html" in page.content.decode()
    assert 'id="panel"' in page.content.decode()
    assert "HX-Request" in page["Vary"]
    assert "no-store" in fragment["Cache-Control"]


@pytest.mark.parametrize(
    ("started", "chosen"),
    [(ago(hours=1), "30d"), (ago(days=29), "30d"), (ago(days=31), "90d"), (ago(days=200), "90d")],
)
def test_the_range_is_30_days_or_what_covers_an_older_call(support_client, sandbox, started, chosen):
    page = panel(support_client, started=started).content.decode()
    assert page.count("checked") == 1 + 1 + 5
    assert f'value="{chosen}" id="range_{["call", "24h", "7d", "30d", "90d"].index(chosen)}" checked' in page


def test_the_range_of_the_call_leaves_out_later_events(support_client, sandbox):
    sandbox.add_event(correlation_id="call_1", message="in the call", timestamp=ago(hours=5, minutes=-2))
    sandbox.add_event(correlation_id="call_1", message="much later", timestamp=ago(hours=1))
    response = panel(
        support_client, started=ago(hours=5), ended=ago(hours=5, minutes=-4).isoformat(), range="call"
    )
    assert titles(response) == ["in the call"]


def test_levels_filter_the_list_and_every_level_keeps_its_count(support_client, sandbox):
    for level in ("error", "info", "info"):
        sandbox.add_event(
            correlation_id="call_1", level=level, message=f"an {level}", timestamp=ago(minutes=50)
        )
    response = panel(support_client, level=["error"])
    assert titles(response) == ["an error"]
    assert "Error 1" in text_of(response)
    assert "Info 2" in text_of(response)


def test_the_environment_of_the_switcher_filters(support_client, sandbox):
    for environment in ("production", "staging"):
        sandbox.add_event(
            correlation_id="call_1", message=environment, environment=environment, timestamp=ago(minutes=50)
        )
    assert titles(panel(support_client, environment="staging")) == ["staging"]
    assert len(titles(panel(support_client, environment="all"))) == 2


def test_more_than_a_page_loads_on_demand_without_gaps_or_repeats(support_client, sandbox):
    expected = [f"event {number}" for number in range(230)]
    for number, message in enumerate(expected):
        sandbox.add_event(
            correlation_id="call_1", message=message, timestamp=ago(minutes=50, seconds=number // 3)
        )
    response = panel(support_client)
    seen = titles(response)
    assert "230 events, newest first, 100 at a time" in text_of(response)

    while b"Show 100 more" in response.content:
        response = support_client.get(link_to(response, "Show 100 more", "hx-get"), headers=HTMX)
        assert response.content.decode().lstrip().startswith("<li>")
        seen += titles(response)

    assert len(seen) == 230
    assert set(seen) == set(expected)
    assert "That is everything Sentry has" in text_of(response)


def test_the_next_page_is_a_page_of_its_own_without_javascript(support_client, sandbox):
    for number in range(120):
        sandbox.add_event(correlation_id="call_1", timestamp=ago(minutes=50, seconds=number))
    first = panel(support_client, headers={})
    second = support_client.get(link_to(first, "Show 100 more"))
    assert "<html" in second.content.decode()
    assert len(titles(second)) == 20
    assert len(titles(support_client.get(link_to(second, "Back to the newest")))) == 100


def test_a_whole_panel_can_start_at_a_later_page(support_client, sandbox):
    for number in range(120):
        sandbox.add_event(correlation_id="call_1", timestamp=ago(minutes=50, seconds=number))
    cursor = parameters_of(link_to(panel(support_client), "Show 100 more"))["cursor"][0]
    later = panel(support_client, cursor=cursor, headers={**HTMX, "HX-Target": "panel"})
    assert 'id="logs-toolbar"' in later.content.decode()
    assert len(titles(later)) == 20


def test_a_choice_gives_the_call_page_its_address(support_client, sandbox):
    asked = {"page": CALL_PAGE, "range": "7d", "level": ["error"], "environment": "staging"}
    response = panel(support_client, headers={**HTMX, "HX-Trigger": "logs-toolbar"}, **asked)
    pushed = response["HX-Push-Url"]
    assert pushed.startswith(f"{CALL_PAGE}?")
    assert parameters_of(pushed) == {"range": ["7d"], "level": ["error"], "environment": ["staging"]}


def test_the_first_load_leaves_the_address_alone(support_client, sandbox):
    assert "HX-Push-Url" not in panel(support_client, page=CALL_PAGE, range="7d")


@pytest.mark.parametrize(
    "page",
    ["https://evil.example/calls/1/", "//evil.example/calls/", "/logout/", "/calls/../admin/", "/calls/a/?b"],
)
def test_only_a_call_page_of_this_site_is_taken(support_client, sandbox, page):
    response = panel(support_client, page=page, headers={**HTMX, "HX-Trigger": "logs-toolbar"})
    assert "HX-Push-Url" not in response
    assert "This cannot be asked." in text_of(response)
    assert "evil.example" not in response.content.decode()
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"id": ""}, "id"),
        ({"id": "a\x00b"}, "id"),
        ({"started": "yesterday"}, "started"),
        ({"started": "0001-01-01T00:00:00"}, "started"),
        ({"started": "9999-12-31T23:59:59"}, "started"),
        ({"ended": "0001-01-01T00:00:00"}, "ended"),
        ({"range": "5d"}, "range"),
        ({"level": ["warn"]}, "level"),
    ],
)
def test_a_wrong_parameter_is_named_and_sentry_is_not_asked(support_client, sandbox, parameters, named):
    asked = {"id": "call_1", "started": NOW.isoformat()} | parameters
    response = support_client.get("/logs/call/", query_params=asked, headers=HTMX)
    assert response.status_code == 200
    assert f"({named})" in text_of(response)
    assert sandbox.requests == []


def test_an_id_that_cannot_be_asked_is_refused_in_words(support_client, sandbox):
    response = panel(support_client, "ends in a backslash\\")
    assert response.status_code == 200
    assert "Sentry cannot be asked this." in text_of(response)


def test_a_foreign_cursor_is_refused_with_a_way_back(support_client, sandbox):
    response = panel(support_client, cursor="made-up", headers={})
    assert "cursor" not in parameters_of(link_to(response, "Show the first page"))


def test_hostile_text_is_shown_and_never_run(support_client, sandbox):
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    sandbox.add_event(correlation_id=evil, message=evil, transaction=evil, timestamp=ago(minutes=50))
    page = panel(support_client, evil, headers={}).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_it_needs_a_signed_in_person(client, db, sandbox):
    assert panel(client, headers={}).status_code == 302
    assert sandbox.requests == []


def test_it_only_reads(support_client, sandbox):
    assert support_client.post("/logs/call/").status_code == 405
