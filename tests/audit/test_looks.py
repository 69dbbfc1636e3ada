from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from dashboard.audit.models import Entry
from dashboard.audit.shown import looks_at
from dashboard.keys.models import ApiKey
from tests.factories import make_call
from tests.searching import searched

pytestmark = pytest.mark.django_db
HALF_PAST = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


def opened() -> int:
    return Entry.objects.filter(event="call_opened").count()


@pytest.mark.parametrize("door", ["calls:detail", "calls:conversation"])
def test_opening_a_call_is_recorded_before_it_is_shown(support_client, support_user, door):
    call = make_call()

    support_client.get(reverse(door, args=[call.pk]))

    (look,) = looks_at(call, seen_by=support_user)
    assert (look.event, look.result, look.person_id) == ("call_opened", "shown", support_user.pk)
    assert (look.role, look.door, look.call_id) == ("Support agent", door, call.pk)


def test_a_call_that_does_not_exist_is_not_opened(support_client):
    support_client.get(reverse("calls:detail", args=["00000000-0000-4000-8000-000000000000"]))

    assert opened() == 0


def test_one_entry_for_each_person_call_and_hour(support_client, lead_client):
    first, second = make_call(), make_call()
    with time_machine.travel(HALF_PAST, tick=False) as clock:
        for client in (support_client, support_client, lead_client):
            client.get(first.get_absolute_url())
        assert opened() == 2
        support_client.get(second.get_absolute_url())
        assert opened() == 3
        clock.shift(timedelta(minutes=61))
        support_client.get(first.get_absolute_url())
        assert opened() == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
def test_a_look_that_cannot_be_recorded_shows_nothing(support_client, htmx):
    call = make_call(line="Riverside Dental")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry RENAME TO audit_away")
    try:
        response = support_client.get(call.get_absolute_url(), headers=htmx)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_away RENAME TO audit_entry")

    assert response.status_code == 503
    assert "Riverside" not in response.content.decode()
    assert support_client.get(call.get_absolute_url()).status_code == 200


def test_a_program_that_reads_one_call_leaves_a_trace(client):
    _key, secret = ApiKey.create("reporting", ApiKey.Scope.READ)
    call = make_call()

    client.get(
        f"/api/calls/{call.platform}/{call.platform_call_id}", headers={"Authorization": f"Bearer {secret}"}
    )

    look = Entry.objects.get(event="call_opened")
    assert (look.who, look.role, look.person_id) == ("key reporting", "read key", None)


SEARCHES = {
    "page": lambda client, number: client.get("/calls/", {"q": searched(client, number)}),
    "JSON": lambda client, number: client.get("/api/calls", headers={"X-Search": number}),
}


@pytest.mark.parametrize("door", SEARCHES)
def test_a_search_by_number_is_recorded_without_the_number(admin_client, door):
    for spelling in ("+442079461234", "020 7946 1234"):
        assert SEARCHES[door](admin_client, spelling).status_code == 200

    entries = Entry.objects.filter(event="number_search")
    # Both spellings are one number, looked for by one person within the hour.
    assert len(entries) == 1
    assert "7946" not in str(list(entries.values()))


def test_a_search_by_id_is_no_search_by_number(support_client):
    support_client.get("/calls/?q=call-abcdef")

    assert not Entry.objects.filter(event="number_search").exists()


def test_a_key_is_used_for_the_first_time(client):
    _key, secret = ApiKey.create("reporting", ApiKey.Scope.READ)

    for _ in range(2):
        client.get("/api/calls", headers={"Authorization": f"Bearer {secret}"})

    entry = Entry.objects.get(event="key_first_used")
    assert entry.who == "key reporting"


@pytest.mark.django_db(transaction=True)
def test_where_nothing_can_be_saved_what_is_masked_is_shown_and_the_log_says_who_looked(
    lead_client, lead_user, caplog
):
    if connection.vendor != "sqlite":
        pytest.skip("The pragma that brings this about is SQLite's.")
    call = make_call()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1")
    try:
        page, file = lead_client.get(call.get_absolute_url()), lead_client.get("/calls/export/")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = 0")

    assert (page.status_code, file.status_code) == (200, 503)
    assert f"call_opened of {call.pk} by person:{lead_user.pk}" in caplog.text
