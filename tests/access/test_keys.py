"""Keys let machines in at the doors under /api/, and say nothing about why they do not."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from dashboard.audit.models import Entry
from dashboard.audit.record import Event
from dashboard.keys.models import ApiKey
from tests.factories import NOON, make_call

URL = "/api/calls"
MALFORMED = ["wrong", "ard_", "ard_short", "ard_" + "x" * 43, "ard_" + "x" * 10_000, "ärd_", "a b", "ard_'--"]


def keyed(secret: str, **more: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"}, **more)


def make_bad(how: str, settings) -> str:
    """Return the secret of a key that was good once."""
    key, secret = ApiKey.create("reporting", "read", "staging")
    match how:
        case "revoked":
            key.revoke()
        case "expired":
            ApiKey.objects.update(expires_at=timezone.now())
        case "of an environment that is gone":
            settings.SENTRY_ENVIRONMENTS = ("production",)
        case "cut short":
            return secret[:-1]
    return secret


@pytest.mark.parametrize("how", ["revoked", "expired", "of an environment that is gone", "cut short"])
def test_every_bad_key_is_told_the_same(db, settings, django_assert_num_queries, how):
    secret = make_bad(how, settings)
    told = keyed("wrong").get(URL)

    with django_assert_num_queries(2):  # one to find it, one to count it
        answer = keyed(secret).get(URL)

    assert (answer.status_code, answer.content) == (401, told.content)
    assert answer["WWW-Authenticate"] == "Bearer"
    assert ApiKey.objects.get().refused == 1


@pytest.mark.parametrize("secret", MALFORMED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_no_key_is_told_that_too(db, secret, method):
    told = keyed("wrong").get(URL)

    answer = getattr(keyed(secret), method)(URL)

    assert (answer.status_code, answer.content) == (401, told.content)


def test_a_key_is_good_until_it_expires(db):
    with time_machine.travel(NOON, tick=False) as clock:
        _key, secret = ApiKey.create("reporting", "read", expires_at=NOON + timedelta(days=1))
        assert keyed(secret).get(URL).status_code == 200

        clock.shift(timedelta(days=1))
        assert keyed(secret).get(URL).status_code == 401


def test_guessing_is_told_to_wait(db):
    _key, secret = ApiKey.create("reporting", "read")
    with time_machine.travel(NOON, tick=False) as clock:
        answers = [keyed(f"wrong{number}").get(URL) for number in range(21)]
        assert [answer.status_code for answer in answers] == [401] * 20 + [429]
        assert answers[-1]["Retry-After"] == "60"
        assert answers[-1].json()["error"]["code"] == "too_many"

        assert keyed("wrong", REMOTE_ADDR="192.0.2.7").get(URL).status_code == 401
        # Behind a proxy all machines have one address, so a good key still passes.
        assert keyed(secret).get(URL).status_code == 200

        clock.shift(60)
        assert keyed("wrong").get(URL).status_code == 401


def test_refusals_are_counted_by_beginning_and_unknown_ones_take_no_room(db):
    key, secret = ApiKey.create("reporting", "read")
    key.revoke()

    for _ in range(3):
        keyed(secret).get(URL)
    keyed("ard_unknown_beginning").get(URL)

    assert list(ApiKey.objects.values_list("refused", flat=True)) == [3]


def test_a_limited_address_writes_nothing_more(db, django_assert_num_queries):
    """Once a minute the audit trail says that an address is limited."""
    key, secret = ApiKey.create("reporting", "read")
    key.revoke()
    for _ in range(21):
        keyed(secret).get(URL)

    with django_assert_num_queries(1):
        assert keyed(secret).get(URL).status_code == 429


@pytest.mark.parametrize("url", [URL, "/api/calls/vapi/a", "/calls/", "/", "/api/", "/login/", "/nothing/"])
@pytest.mark.parametrize("query", ["environment={key}", "q=x%20{key}&range=24h", "{key}", "a[]={key}"])
def test_a_key_in_an_address_is_refused_everywhere(db, support_client, url, query, caplog):
    _key, secret = ApiKey.create("reporting", "read")

    answer = support_client.get(f"{url}?{query.format(key=secret)}")

    assert answer.status_code == 400
    assert b"Authorization: Bearer" in answer.content
    assert secret not in answer.content.decode() + caplog.text


@pytest.mark.parametrize("name", ["key", "api_key", "apikey", "API-Key", "token", "access_token"])
def test_a_parameter_that_is_named_like_a_key_is_refused_with_a_hint(db, name):
    answer = Client().get(URL, {name: "x"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "key_in_address")


def test_a_search_for_the_first_letters_of_a_key_is_a_search(support_client):
    assert support_client.get("/calls/", {"q": "ard_", "range": "24h"}).status_code == 200


def test_a_key_wins_over_the_session_beside_it(admin_client, db):
    make_call(environment="production")
    _key, staging = ApiKey.create("reporting", "read", "staging")
    _key, ingest = ApiKey.create("sender", "ingest")

    def status(secret, url=URL):
        return admin_client.get(url, headers={"Authorization": f"Bearer {secret}"}).status_code

    assert admin_client.get(URL).json()["calls"]
    answer = admin_client.get(URL, headers={"Authorization": f"Bearer {staging}"})
    assert answer.json()["calls"] == []
    assert status(staging, URL + "?environment=production") == 403
    assert status(ingest) == 403
    assert [status(staging, url) for url in ("/calls/", "/admin/", "/api/", "/livez")] == [
        401,
        401,
        401,
        200,
    ]


def test_a_token_of_a_proxy_does_not_shut_the_pages(support_client):
    answer = support_client.get("/calls/", headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})

    assert answer.status_code == 200


def test_the_last_use_is_kept_to_the_minute(db):
    key, secret = ApiKey.create("reporting", "read")
    with time_machine.travel(NOON, tick=False) as clock:
        keyed(secret).get(URL)
        assert [entry.detail for entry in Entry.objects.filter(event=Event.KEY_FIRST_USED)] == ["reporting"]
        clock.shift(59)
        keyed(secret).get(URL)
        key.refresh_from_db()
        assert key.last_used_at == NOON

        clock.shift(1)
        keyed(secret).get(URL)
        key.refresh_from_db()
        assert key.last_used_at == NOON + timedelta(minutes=1)
        assert Entry.objects.filter(event=Event.KEY_FIRST_USED).count() == 1


def test_a_database_that_only_reads_still_answers_readers(db, monkeypatch):
    _key, secret = ApiKey.create("reporting", "read")

    def refuse(*_args):
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(ApiKey, "note_use", refuse)
    monkeypatch.setattr(ApiKey, "note_refusal", refuse)

    assert keyed(secret).get(URL).status_code == 200
    assert keyed("ard_0123456789abcdef").get(URL).status_code == 401


@pytest.mark.parametrize(("days", "lives"), [("1", 1), ("3650", 3650)])
def test_the_command_makes_keys_that_expire(db, capsys, days, lives):
    with time_machine.travel(NOON, tick=False):
        call_command("create_api_key", "reporting", "--scope", "read", "--days", days)

    assert ApiKey.objects.get().expires_at == NOON + timedelta(days=lives)


@pytest.mark.parametrize("days", ["0", "-1", "3651"])
def test_a_key_expires_in_a_time_that_makes_sense(db, days):
    with pytest.raises(CommandError, match="1 to 3,650"):
        call_command("create_api_key", "reporting", "--scope", "read", "--days", days)
