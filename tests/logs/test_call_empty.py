from __future__ import annotations

from sentry_logs.periods import PERIODS
from sentry_logs.services import events_for_call
from tests.logs.pages import CALL_PAGE, HTMX, ago, link_to, panel, parameters_of, text_of, titles


def test_a_wider_range_is_offered_with_its_number(support_client, sandbox):
    for day in (12, 14):
        sandbox.add_event(correlation_id="call_1", timestamp=ago(days=day))
    response = panel(support_client, started=ago(days=14), range="24h")
    words = text_of(response)
    assert "No events found in the selected time range." in words
    assert "Sentry has 2 events for this call in the last 30 days." in words
    offered = link_to(response, "Show 2 events", "hx-get")
    assert parameters_of(offered)["range"] == ["30d"]
    assert len(titles(support_client.get(offered, headers=HTMX))) == 2


def test_an_event_at_another_level_is_offered(support_client, sandbox):
    sandbox.add_event(correlation_id="call_1", level="info", timestamp=ago(minutes=50))
    response = panel(support_client, level=["fatal", "error"])
    words = text_of(response)
    assert "No fatal or error events found in the selected time range." in words
    assert "It has 1 event at other levels: 1 info." in words
    assert len(titles(support_client.get(link_to(response, "Show 1 event"), headers=HTMX))) == 1


def test_events_in_another_environment_are_found(support_client, sandbox):
    sandbox.add_event(
        correlation_id="call_1", environment="production", timestamp=ago(days=2), message="other call"
    )
    sandbox.add_event(correlation_id="call_2", environment="staging", timestamp=ago(days=2))
    response = panel(support_client, "call_2", environment="production", page=CALL_PAGE)
    assert "Sentry has 1 event for this call in staging." in text_of(response)
    offered = link_to(response, "Show 1 event in staging")
    assert offered.startswith(CALL_PAGE)
    assert parameters_of(offered) == {"environment": ["staging"], "range": ["7d"]}


def test_when_there_is_nothing_anywhere_it_says_what_was_searched(support_client, sandbox):
    sandbox.add_event(correlation_id="another", environment="production")
    words = text_of(panel(support_client, environment="production"))
    assert "No events for this call." in words
    assert "Searched all environments and everything Sentry keeps, since" in words
    assert "for production" in words


def test_a_call_from_before_the_retention_is_not_called_clean(support_client, sandbox):
    words = text_of(panel(support_client, started=ago(days=100)))
    assert "Sentry no longer keeps events from" in words
    assert "An empty list here says nothing about the call." in words
    assert "No events for this call." not in words


def test_a_failed_look_at_wider_ranges_is_admitted(support_client, sandbox):
    events_for_call("call_1", backend="discover", environment="all", period=PERIODS["24h"])
    sandbox.faults.set("status", status=401)
    words = text_of(panel(support_client, range="24h"))
    assert "No events found in the selected time range. We could not look in other ranges." in words
    assert "No events for this call." not in words
