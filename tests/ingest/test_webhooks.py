"""The door of the webhooks: what is stored, how often, and who is refused."""

from __future__ import annotations

import json
from io import StringIO
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboard.calls.models import Call
from dashboard.calls.vocabulary import Platform, Status
from dashboard.ingest import settle as settling
from dashboard.ingest import views
from dashboard.ingest.models import Delivery, Refusal
from dashboard.ingest.platforms.base import SignatureRefused
from tests.ingest.conftest import DOOR, SECRET, signature
from tests.ingest.messages import ENDED, RINGING, error_of
from tests.ingest.reports import after

pytestmark = pytest.mark.django_db

# Names such as W1 are those of the rows in the list of faults.

# W1


def test_a_message_is_stored_and_becomes_a_call(deliver):
    response = deliver(RINGING)

    call, delivery = Call.objects.get(), Delivery.objects.get()
    assert (response.status_code, response.json()) == (200, {"status": "stored"})
    assert (call.platform_call_id, call.status, call.environment) == ("call-1", Status.RINGING, "production")
    assert (delivery.verdict, delivery.call, json.loads(bytes(delivery.body))) == ("recorded", call, RINGING)


def test_it_takes_few_questions_to_the_database(deliver, monkeypatch, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        deliver(RINGING)
    with django_assert_max_num_queries(14):
        deliver(ENDED)
    monkeypatch.setattr(views, "settle", lambda *_: None)
    with django_assert_max_num_queries(1):  # Before the answer.
        deliver(RINGING | {"id": "e3"})


def test_the_address_may_lack_its_last_slash(deliver):
    assert deliver(RINGING, url=DOOR.rstrip("/")).status_code == 200


# W2, W6


def test_a_repetition_is_counted_and_nothing_else(deliver, django_assert_max_num_queries):
    deliver(RINGING)
    before = Call.objects.get().updated_at

    with django_assert_max_num_queries(3):
        response = deliver(RINGING)

    assert response.json() == {"status": "seen"}
    assert (Call.objects.get().updated_at, Delivery.objects.get().seen) == (before, 2)


def test_an_event_that_comes_again_with_more_to_say_is_heard(deliver):
    deliver(ENDED)

    assert deliver(ENDED | {"facts": {"summary": "Booked."}}).json() == {"status": "stored"}
    assert (Call.objects.get().detail.summary, Delivery.objects.count()) == ("Booked.", 2)


def test_a_body_without_an_event_id_repeats_too(deliver):
    nameless = {name: value for name, value in RINGING.items() if name != "id"}

    assert [deliver(nameless).json()["status"] for _ in range(2)] == ["stored", "seen"]


def test_the_same_event_of_another_environment_is_another(deliver):
    deliver(RINGING)

    assert deliver(RINGING, url="/webhooks/staging/vapi/").json() == {"status": "stored"}
    assert Call.objects.count() == 2


def test_eight_at_once_are_one_delivery_and_one_call(deliver, at_once):
    answers = at_once(lambda _: deliver(RINGING).json()["status"])
    rows = at_once(lambda _: (Call.objects.count(), Delivery.objects.count(), Delivery.objects.get().seen), 1)

    assert sorted(answers) == ["seen"] * 7 + ["stored"]
    assert rows == [(1, 1, 8)]


def test_eight_events_at_once_are_one_call_that_knows_all_of_them(deliver, at_once):
    def event(number):
        facts = {"status": "ended" if number == 7 else "in_progress", "agent_name": f"Agent {number}"}
        return {"id": f"e{number}", "call": "call-1", "at": after(number).isoformat(), "facts": facts}

    answers = at_once(lambda number: deliver(event(number)).status_code)
    [(call, delivered)] = at_once(lambda _: (Call.objects.get(), Delivery.objects.count()), 1)

    assert (answers, delivered) == ([200] * 8, 8)
    assert (call.status, call.agent_name, call.started_at) == (Status.ENDED, "Agent 7", after(0))


# W7


@pytest.mark.parametrize(
    "given",
    ["", "wrong", "ünïcode", signature(b"another body"), signature(b"{}", "another-secret")],
)
def test_what_is_not_signed_is_refused_and_not_stored(deliver, given):
    response = deliver({}, signature=given.encode().decode("latin-1"))

    assert error_of(response) == (401, "bad_signature")
    assert (Delivery.objects.count(), Call.objects.count()) == (0, 0)
    assert Refusal.objects.get().count == 1


def test_every_refusal_has_the_same_words(deliver):
    missing, wrong = deliver({}, signature=""), deliver({}, signature="wrong")

    assert missing.json() == wrong.json()


def test_a_platform_without_a_secret_is_off(deliver, settings):
    settings.WEBHOOK_SECRETS = {}

    response = deliver(RINGING)

    assert error_of(response) == (503, "platform_off")
    assert "VAPI_WEBHOOK_SECRET" in response.json()["error"]["message"]


def test_either_secret_is_good_while_one_is_replaced(deliver, settings):
    settings.WEBHOOK_SECRETS = {"VAPI_WEBHOOK_SECRET": "old-secret", "VAPI_WEBHOOK_SECRET_NEXT": SECRET}
    body = json.dumps(ENDED).encode()

    assert deliver(RINGING).status_code == 200
    assert deliver(body, signature=signature(body, "old-secret")).status_code == 200


def test_the_secret_that_fits_says_why(deliver, plain_platform, monkeypatch, settings):
    """A stale message is counted as stale also beside another secret, for which it is merely wrong."""
    settings.WEBHOOK_SECRETS = {"VAPI_WEBHOOK_SECRET": "old-secret", "VAPI_WEBHOOK_SECRET_NEXT": SECRET}

    def verify(incoming, secret):
        raise SignatureRefused("stale" if secret.text == SECRET else "wrong")

    monkeypatch.setattr(plain_platform, "verify", verify)
    deliver(RINGING)

    assert Refusal.objects.get().reason == "stale"


def test_a_verifier_that_breaks_refuses(deliver, plain_platform, monkeypatch):
    monkeypatch.setattr(plain_platform, "verify", lambda *_: 1 / 0)

    assert error_of(deliver(RINGING)) == (401, "bad_signature")


# The door itself


def test_an_unknown_door_is_a_404_in_json(deliver):
    for url in (
        "/webhooks/nowhere/vapi/",
        "/webhooks/production/acme/",
        "/webhooks/all/vapi/",
        "/webhooks/x",
    ):
        assert error_of(deliver(RINGING, url=url)) == (404, "not_found")


def test_a_platform_that_nobody_understands_is_a_404(deliver):
    assert error_of(deliver(RINGING, url=f"/webhooks/production/{Platform.OTHER}/")) == (404, "not_found")


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options", "trace"])
def test_only_post_is_taken(plain_platform, method):
    response = getattr(Client(), method)(DOOR)

    assert (response.status_code, response["Allow"]) == (405, "POST")


def test_it_sets_no_cookie_and_needs_none(deliver):
    assert not deliver(RINGING).cookies


def gone(*_, **__):
    raise OperationalError("the server is gone")


def test_a_database_that_is_gone_is_a_503(deliver, monkeypatch):
    monkeypatch.setattr(views, "store", gone)

    response = deliver(RINGING)

    assert error_of(response) == (503, "database_unavailable")
    assert response["Retry-After"] == "5" and Delivery.objects.count() == 0


@pytest.mark.parametrize("healed_by", ["the timer", "a program that reads"])
def test_what_was_stored_but_not_recorded_becomes_a_call_later(deliver, admin_client, healed_by):
    with mock.patch.object(settling, "record_reports", gone):
        assert deliver(RINGING).status_code == 200
    assert (Delivery.objects.get().verdict, Call.objects.count()) == ("waiting", 0)

    if healed_by == "the timer":
        call_command("sweep_calls", stdout=StringIO())
    else:
        assert admin_client.get("/api/calls/vapi/call-1").status_code == 200

    assert (Delivery.objects.get().verdict, Call.objects.get().platform_call_id) == ("recorded", "call-1")


def test_a_read_only_database_is_never_a_yes(deliver):
    if connection.vendor != "sqlite":
        pytest.skip("PRAGMA query_only is SQLite's")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1")
        try:
            assert error_of(deliver(RINGING)) == (503, "database_unavailable")
        finally:
            cursor.execute("PRAGMA query_only = 0")


def test_the_delivery_is_committed_before_it_is_read(transactional_db, deliver):
    with CaptureQueriesContext(connection) as queries:
        deliver(RINGING)

    statements = [query["sql"] for query in queries]
    assert statements[0].startswith("INSERT INTO ingest_delivery")  # Alone, so it commits by itself.
    assert statements[1].startswith("BEGIN") and statements.count("COMMIT") == 1
