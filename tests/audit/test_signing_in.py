from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.db import connection
from django.test import Client
from django.urls import reverse

from dashboard.audit.models import Entry
from tests.factories import make_person

pytestmark = pytest.mark.django_db
LONG = "correct horse battery"


@pytest.fixture
def person() -> User:
    user = make_person("mira")
    user.set_password(LONG)
    user.save()
    return user


def sign_in(client: Client, password: str, name: str = "mira"):
    return client.post(reverse("login"), {"username": name, "password": password})


def test_signing_in_and_out(client, person, trail):
    sign_in(client, LONG)
    client.post(reverse("logout"))

    assert [row[:2] for row in trail()[-2:]] == [("signed_in", "mira"), ("signed_out", "mira")]


def test_an_entry_has_the_session_but_not_its_key(client, person):
    sign_in(client, LONG)

    entry = Entry.objects.latest("id")
    assert len(entry.session) == 32
    assert client.session.session_key not in entry.session
    assert (entry.door, entry.address) == ("login", "127.0.0.1")
    assert entry.request_id


def test_a_wrong_password(client, person, trail):
    sign_in(client, "wrong")

    assert trail()[-1] == ("sign_in_failed", "", "as mira")


def test_a_name_that_nobody_has_is_not_kept_for_it_may_be_a_password(client, trail):
    sign_in(client, "", name="x")
    sign_in(client, "mira", name="my secret password")

    assert trail()[-1] == ("sign_in_failed", "", "as nobody we know")
    assert "secret" not in str(list(Entry.objects.values()))


def test_who_tries_very_often_does_not_fill_the_trail(client, person, rf, trail):
    for place in range(30):
        user_login_failed.send(None, credentials={"username": "mira"}, request=rf.get("/"))
        other = rf.get("/", REMOTE_ADDR=f"192.0.2.{place}")
        user_login_failed.send(None, credentials={"username": "mira"}, request=other)

    assert [row[0] for row in trail()].count("sign_in_failed") == 10 + 30


def test_a_new_password(person, trail):
    person.set_password("another one, just as long")
    person.save()

    assert trail()[-1] == ("password_changed", "system", "mira")


def test_a_password_that_was_taken_away(person, trail):
    person.set_unusable_password()
    person.save(update_fields=["password"])

    assert trail()[-1][0] == "password_changed"


def test_a_renewed_hash_is_no_new_password(client, person, settings, trail):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]

    sign_in(client, LONG)

    assert User.objects.get().password.startswith("scrypt")
    assert "password_changed" not in [row[0] for row in trail()[1:]]


@pytest.mark.django_db(transaction=True)
def test_who_cannot_be_recorded_does_not_come_in(client, person):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry RENAME TO audit_away")
    try:
        response = sign_in(client, LONG)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_away RENAME TO audit_entry")

    assert response.status_code == 503
    assert response["Retry-After"]
    assert client.get(reverse("calls:list")).status_code == 302


def test_a_name_that_is_shut_for_an_address(client, person, trail):
    for _ in range(8):
        sign_in(client, "wrong")

    said = [row[0] for row in trail()]
    assert said.count("sign_in_locked") >= 1
    assert ("sign_in_locked", "", "as mira") in trail()
    assert "limited" in said
