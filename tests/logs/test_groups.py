from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.logs.pages import HTMX, ago, browse, link_to, parameters_of, text_of, titles

AWKWARD = 'a "b" [c], (d) * OR 📞'


class Link(NamedTuple):
    url: str
    label: str
    detail: str


def find_calls(correlation_ids):
    """Stand for the product's own list of calls."""
    return {"call_1": Link("/calls/1/", "+44 20 ••• 4417", "Failed")} if "call_1" in correlation_ids else {}


@pytest.fixture
def calls(settings):
    settings.CALL_LINKS = "tests.logs.test_groups.find_calls"


@pytest.mark.parametrize("correlation_id", ["call_1", AWKWARD])
def test_a_group_opens_in_place_and_closes_again(support_client, sandbox, correlation_id):
    sandbox.add_event(correlation_id=correlation_id, message="inside", timestamp=ago(minutes=5))
    page = browse(support_client)
    label = "call_1" if correlation_id == "call_1" else AWKWARD[:8]
    opened = support_client.get(link_to(page, label, "hx-get"), headers=HTMX)
    assert opened.content.decode().startswith('<tr role="row" class="inside"')
    assert titles(opened) == ["inside"]
    assert 'aria-expanded="true"' in opened.content.decode()

    closed = support_client.get(link_to(opened, label, "hx-get"), headers=HTMX)
    assert titles(closed) == []
    assert 'aria-expanded="false"' in closed.content.decode()


def test_a_group_opens_without_javascript_and_in_a_shared_link(support_client, sandbox):
    sandbox.add_event(correlation_id="call_1", message="inside", timestamp=ago(minutes=5))
    page = browse(support_client, headers={}, now="1")
    opened = support_client.get(link_to(page, "call_1"))
    assert titles(opened) == ["inside"]
    assert parameters_of(link_to(opened, "call_1")).get("open") is None
    assert titles(browse(support_client, open="call_1")) == ["inside"]


def test_a_group_has_the_filters_of_its_page(support_client, sandbox):
    for level, environment in (("error", "production"), ("info", "production"), ("error", "staging")):
        sandbox.add_event(
            correlation_id="call_1", level=level, environment=environment, message=f"{level} {environment}"
        )
    page = browse(support_client, level=["error"], environment="production", statsPeriod="24h")
    opened = support_client.get(link_to(page, "call_1", "hx-get"), headers=HTMX)
    assert titles(opened) == ["error production"]


def test_a_long_group_shows_more(support_client, sandbox):
    for number in range(120):
        sandbox.add_event(
            correlation_id="call_1", message=f"event {number}", timestamp=ago(minutes=5, seconds=number)
        )
    opened = support_client.get("/logs/group/?id=call_1", headers=HTMX)
    assert "More than 100 events" in text_of(opened)
    more = support_client.get(link_to(opened, "Show 100 more", "hx-get"), headers=HTMX)
    assert more.content.decode().startswith("<li>")
    assert len(titles(more)) == 20
    whole = support_client.get(link_to(opened, "Show 100 more"))
    assert len(titles(whole)) == 20
    assert "20 events on this page" in text_of(whole)


def test_a_searched_group_says_that_it_shows_all_its_events(support_client, sandbox):
    sandbox.add_event(correlation_id="call_1", message="slow turn")
    page = browse(support_client, search="slow")
    opened = support_client.get(link_to(page, "call_1", "hx-get"), headers=HTMX)
    assert "also those that do not match the search" in text_of(opened)


def test_a_known_call_is_linked(support_client, sandbox, calls):
    sandbox.add_event(correlation_id="call_1")
    sandbox.add_event(correlation_id="stranger")
    page = browse(support_client)
    assert link_to(page, "+44 20 ••• 4417") == "/calls/1/?environment=all"
    assert "No call with this id" in text_of(page)
    opened = support_client.get(link_to(page, "call_1", "hx-get"), headers=HTMX)
    assert link_to(opened, "Show all in the call") == "/calls/1/?environment=all"


def test_without_the_setting_there_are_no_call_links(support_client, sandbox, settings):
    settings.CALL_LINKS = ""
    sandbox.add_event(correlation_id="call_1")
    assert "No call with this id" in text_of(browse(support_client))


@pytest.mark.parametrize("query", ["", "id=", "id=a%00b", "id=a&statsPeriod=5d", "id=a&id=b"])
def test_a_wrong_group_address_is_refused(support_client, sandbox, query):
    assert support_client.get(f"/logs/group/?{query}").status_code == 400
    assert support_client.get(f"/logs/group/?{query}", headers=HTMX).status_code == 200
    assert sandbox.requests == []


def test_events_without_an_id_page_too(support_client, sandbox):
    for number in range(150):
        sandbox.add_event(
            correlation_id=None, message=f"stray {number}", timestamp=ago(minutes=5, seconds=number)
        )
    first = support_client.get("/logs/untagged/", headers=HTMX)
    second = support_client.get(link_to(first, "Show 100 more", "hx-get"), headers=HTMX)
    assert len({*titles(first), *titles(second)}) == 150
