"""Signing in by the header of a proxy: only its own connection is believed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.people.rights import role_of
from dashboard.people.roles import Role
from tests.factories import make_person

PROXY = {"REMOTE_ADDR": "10.1.2.3"}


@pytest.fixture
def proxy(db, settings) -> None:
    settings.PROXY_USER_HEADER, settings.PROXY_GROUPS_HEADER = "X-Remote-User", "X-Remote-Groups"
    settings.PROXY_ADDRESSES = ["10.1.2.0/24"]
    settings.ROLE_GROUPS = {"agent": "callers", "lead": "team leads", "administrator": "ops"}


def look(client: Client, name: str | None = None, groups: str | None = None, **more):
    headers = {"X-Remote-User": name, "X-Remote-Groups": groups}
    headers = {key: value for key, value in headers.items() if value is not None}
    return client.get("/calls/", headers=headers, **(PROXY | more))


def test_it_is_off_until_it_is_set_up(db):
    make_person("sso")

    assert look(Client(), "sso").status_code == 302


def test_whom_the_proxy_names_is_signed_in_with_the_role_of_the_groups(proxy):
    client = Client()
    assert look(client, "sso", "others, callers").status_code == 200
    assert role_of(User.objects.get(username="sso")) == Role.AGENT
    look(Client(), "sso", "callers,team leads")

    assert role_of(User.objects.get(username="sso")) == Role.LEAD
    assert not User.objects.get(username="sso").has_usable_password()


def test_without_a_group_that_counts_there_is_no_role(proxy, settings):
    assert look(Client(), "sso", "").status_code == 403
    settings.ROLE_GROUPS = dict.fromkeys(settings.ROLE_GROUPS, "")
    assert look(Client(), "sso", ",").status_code == 403
    assert look(Client(), "sso", "others").status_code == 403


@pytest.mark.parametrize("address", ["10.1.3.3", "127.0.0.1", "", "::1", "not an address"])
def test_from_any_other_address_the_header_is_air(proxy, address):
    make_person("sso")
    answer = look(Client(), "sso", "ops", REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR="10.1.2.3")

    assert answer.status_code == 302


def test_another_name_or_none_ends_the_session(proxy):
    client = Client()
    look(client, "one", "callers")
    assert look(client, "two", "others").status_code == 403
    look(client, "one", "callers")

    assert look(client).status_code == 302


def test_a_session_of_the_proxy_is_worth_nothing_beside_it(proxy):
    client = Client()
    assert look(client, "sso", "callers").status_code == 200

    assert look(client, "sso", "callers", REMOTE_ADDR="192.0.2.1").status_code == 302


@pytest.mark.parametrize("name", ["a,b", "a b", "x" * 151, "<b>", "a\x7f"])
def test_a_name_that_no_account_can_have_is_let_in_nowhere(proxy, name):
    assert look(Client(), name, "ops").status_code == 302
    assert not User.objects.filter(username=name).exists()


def test_an_account_with_a_password_is_not_taken_over(proxy):
    User.objects.create_superuser("root", password="a sentence that is long")

    assert look(Client(), "root", "callers").status_code == 302


def test_a_disabled_person_is_let_in_by_no_proxy(proxy):
    client = Client()
    look(client, "sso", "callers")
    User.objects.filter(username="sso").update(is_active=False)

    assert look(client, "sso", "callers").status_code == 302
