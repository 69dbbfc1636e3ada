from __future__ import annotations

import pytest

URL = "/environment/"


def chosen(client) -> str:
    return client.get("/calls/").context["environment"]


def test_all_environments_are_shown_at_first(support_client):
    assert chosen(support_client) == "all"


def test_a_choice_stays_for_the_session_and_leads_back(support_client):
    response = support_client.post(URL, {"environment": "staging", "next": "/logs/?level=error&cursor=abc"})

    assert (response.status_code, response["Location"]) == (302, "/logs/?level=error&environment=staging")
    assert chosen(support_client) == "staging"


def test_a_shared_link_carries_its_environment(support_client):
    support_client.get("/calls/?environment=staging")

    assert chosen(support_client) == "staging"


def test_it_leads_back_to_the_page_as_its_address_is_now(support_client):
    headers = {"Referer": "http://testserver/calls/?outcome=failed"}

    response = support_client.post(URL, {"environment": "staging", "next": "/calls/"}, headers=headers)

    assert response["Location"] == "/calls/?outcome=failed&environment=staging"


def test_a_fragment_of_another_tab_does_not_switch_this_one(support_client):
    support_client.get("/calls/?environment=staging")
    support_client.get("/calls/?environment=production", headers={"HX-Request": "true"})

    assert chosen(support_client) == "staging"


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_it_never_leads_to_another_host(support_client, url):
    response = support_client.post(URL, {"environment": "staging", "next": url})

    assert response["Location"] == "/calls/?environment=staging"


@pytest.mark.parametrize("name", ["", "qa", "production\n", "<script>"])
def test_an_unknown_environment_is_refused(support_client, name):
    assert support_client.post(URL, {"environment": name}).status_code == 400
    assert support_client.get("/calls/", {"environment": name}).status_code == 400
    assert chosen(support_client) == "all"


def test_it_takes_no_get(support_client):
    assert support_client.get(URL).status_code == 405


def test_an_environment_that_is_no_longer_configured_falls_back_to_all(support_client, settings):
    support_client.get("/calls/?environment=staging")
    settings.SENTRY_ENVIRONMENTS = ("production",)

    assert chosen(support_client) == "all"
