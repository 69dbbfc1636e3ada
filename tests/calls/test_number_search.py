"""A phone number that is searched for is in no address, no log line and no link."""

from __future__ import annotations

import logging

import pytest

from tests.calls.test_export import ids
from tests.factories import make_call
from tests.searching import searched

NUMBER = "+447700900123"
ASKED = ("07700 900123", NUMBER, "sip:+447700900123@pbx.example", "from +447700900123 at 12:00")


@pytest.fixture
def call(db):
    make_call()
    return make_call(from_number=NUMBER)


@pytest.mark.parametrize("typed", ASKED)
def test_the_form_leads_to_an_address_without_it(support_client, call, typed):
    response = support_client.post("/calls/find/", {"q": typed, "environment": "production", "range": "any"})

    assert response.status_code == 303
    assert "900123" not in response["Location"] and "environment=production" in response["Location"]
    page = support_client.get(response["Location"]).content.decode()
    assert f'id="c-{call.pk}"' in page and page.count("<tr id=") == 1


def test_no_link_of_the_page_has_it(support_client, call):
    page = support_client.get("/calls/", {"q": searched(support_client, NUMBER)}).content.decode()

    # The box shows what was typed, and nothing else does.
    assert page.count("900123") == 1 and f'value="{NUMBER}"' in page


def test_an_id_is_searched_for_by_an_address_that_can_be_shared(support_client, call):
    response = support_client.post("/calls/find/", {"q": call.platform_call_id, "outcome": "completed"})

    assert response["Location"] == f"/calls/?outcome=completed&q={call.platform_call_id}"


def test_an_address_with_a_number_leads_to_one_without(support_client, call):
    response = support_client.get("/calls/", {"q": NUMBER, "range": "any"})

    assert response.status_code == 303 and "900123" not in response["Location"]


def test_the_token_of_another_session_says_nothing(support_client, lead_client, call):
    response = lead_client.get("/calls/", {"q": searched(support_client, NUMBER)})

    assert response.status_code == 400
    assert (
        "Type the number again." in response.content.decode()
        and str(call.pk) not in response.content.decode()
    )


def test_the_same_search_has_one_token_and_old_ones_are_forgotten(support_client, call):
    assert searched(support_client, NUMBER) == searched(support_client, NUMBER)
    tokens = [searched(support_client, f"+4477009{number:05}") for number in range(25)]

    assert support_client.get("/calls/", {"q": tokens[0]}).status_code == 400
    assert support_client.get("/calls/", {"q": tokens[-1]}).status_code == 200


def test_the_export_of_a_search_has_the_same_calls(lead_client, call):
    token = searched(lead_client, NUMBER)

    assert ids(lead_client.get("/calls/export/", {"q": token})) == [call.platform_call_id]
    assert lead_client.get("/calls/export/", {"q": NUMBER}).status_code == 400


def test_a_program_sends_it_in_a_header(support_client, call):
    found = support_client.get("/api/calls", headers={"X-Search": NUMBER})
    refused = support_client.get("/api/calls", {"q": NUMBER})

    assert [one["platformCallId"] for one in found.json()["calls"]] == [call.platform_call_id]
    assert refused.status_code == 400 and refused.json()["error"]["parameter"] == "q"
    assert "X-Search" in refused.json()["error"]["message"] and "900123" not in refused.content.decode()


def test_the_log_does_not_have_it(support_client, call, caplog):
    with caplog.at_level(logging.DEBUG):
        support_client.get("/calls/", {"q": searched(support_client, NUMBER)})
        support_client.get("/calls/find/")

    assert "900123" not in "".join(
        record.getMessage() for record in caplog.records if "db" not in record.name
    )
