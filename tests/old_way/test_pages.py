"""Pages with the flag off: a limited view says that it is one, and never that there is nothing."""

from __future__ import annotations

import pytest
from waffle.testutils import override_flag

from tests.logs.pages import ago, browse, panel, text_of


@pytest.fixture(autouse=True)
def flag_is_off(db):
    with override_flag("use_discover_api", active=False):
        yield


def test_the_browse_page_says_that_it_is_limited(support_client, sandbox):
    for number in range(101):
        sandbox.add_event(correlation_id=f"call-{number}", timestamp=ago(minutes=5, seconds=number))

    words = text_of(browse(support_client))

    assert "Limited view. Only the last 100 events of the project were searched" in words
    assert ", not complete" in words


def test_the_call_page_never_says_that_there_is_nothing(support_client, sandbox):
    for number in range(101):
        sandbox.add_event(correlation_id="noise", timestamp=ago(seconds=number))
    sandbox.add_event(correlation_id="call_1", timestamp=ago(hours=1))

    words = text_of(panel(support_client))

    assert "Limited view. Only the last 100 events of the project were searched" in words
    assert "No events for this call." not in words
    assert "older events that you do not see here" in words


def test_a_limit_of_the_wider_look_counts_too(support_client, sandbox):
    for number in range(101):
        sandbox.add_event(correlation_id="noise", timestamp=ago(days=2, seconds=number))

    words = text_of(panel(support_client, range="24h"))

    assert "No events for this call." not in words
    assert "older events that you do not see here" in words


def test_it_is_never_asked_for_the_proof_that_sentry_filters(support_client, sandbox, settings):
    settings.SENTRY_CANARY = True

    panel(support_client)

    assert sandbox.requests
    assert [request.path for request in sandbox.requests if "/organizations/" in request.path] == []
