from __future__ import annotations

from ipaddress import ip_address

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from dashboard.audit import appending, chain
from dashboard.audit.models import AppendOnly, Chain, Entry
from dashboard.audit.record import Event, NotRecorded, Result, record, record_change
from dashboard.audit.verifying import verify
from tests.factories import make_call

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what(support_user, rf: RequestFactory):
    request = rf.get("/", REMOTE_ADDR="192.0.2.7")
    request.user = support_user
    call = make_call()

    record(
        Event.REVEAL,
        request=request,
        call=call,
        fields=["to_number", "from_number"],
        reason="Callback: the caller asked for it",
        result=Result.SHOWN,
    )

    entry = Entry.objects.get(event=Event.REVEAL)
    assert (entry.event, entry.result, entry.who) == ("reveal", "shown", support_user.username)
    assert (entry.person_id, entry.address, entry.call_id) == (support_user.pk, "192.0.2.7", call.pk)
    assert entry.fields == ["from_number", "to_number"]
    assert entry.reason == "Callback: the caller asked for it"


def test_what_runs_outside_of_a_request_is_the_system():
    assert record(Event.RETENTION, detail="3 calls").who == "system"


def test_a_proxy_says_the_address_and_a_client_cannot(rf: RequestFactory, settings):
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1, 192.0.2.7")

    direct = record(Event.DENIED, request=request).address
    settings.BEHIND_PROXY = True
    behind = record(Event.DENIED, request=request).address

    assert (direct, behind) == ("10.0.0.1", "192.0.2.7")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::192.0.2.7", "::c000:207"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        ("unix:", None),
        ("999.1.1.1", None),
    ],
)
def test_an_address_is_kept_and_sealed_however_it_was_written(rf: RequestFactory, text, kept):
    record(Event.DENIED, request=rf.get("/", REMOTE_ADDR=text))

    entry = Entry.objects.get()
    assert entry.address == kept if kept is None else ip_address(entry.address) == ip_address(kept)
    assert verify().is_whole


@pytest.mark.parametrize("text", ["a\r\nb", "a\x00b", "a\u2028b", "a\x1b[0mb".replace("[0m", ""), "a\ud800b"])
def test_a_text_is_one_line(text):
    entry = record(Event.DENIED, detail=text, reason=text)

    assert Entry.objects.get(pk=entry.pk).detail == "a b"
    assert entry.reason == "a b"


def test_a_reason_holds_no_personal_data():
    entry = record(Event.REVEAL, reason="Asked by bob@example.com to call +44 20 7946 1234 back")

    assert "bob" not in entry.reason and "7946" not in entry.reason
    assert "to call" in entry.reason


def test_a_long_text_is_cut():
    assert len(record(Event.DENIED, detail="x" * 10_000).detail) == 500


def test_entries_are_counted_and_chained():
    first, second = record(Event.DENIED), record(Event.DENIED)

    assert (first.number, second.number) == (1, 2)
    assert first.hash == chain.seal(first, "")
    assert second.hash == chain.seal(second, first.hash)
    assert Chain.objects.get().hash == second.hash


def test_the_key_is_part_of_the_hash(settings):
    entry = record(Event.DENIED)
    settings.SECRET_KEY = "another key"

    assert chain.seal(entry, "") != entry.hash


def test_the_database_gives_back_what_was_sealed():
    call = make_call()
    record(Event.EXPORT, call=call, fields=["b", "a"], detail="Ünïcødé “quoted”")

    entry = Entry.objects.get()
    assert chain.seal(entry, "") == entry.hash


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: Entry.objects.all().delete(),
        lambda entry: Entry.objects.update(who="nobody"),
        lambda entry: Entry.objects.filter(pk=entry.pk).update(who="nobody"),
        lambda entry: Entry.objects.bulk_update([entry], ["who"]),
        lambda entry: Entry.objects.create(),
    ],
)
def test_code_cannot_change_an_entry(change):
    entry = record(Event.DENIED)
    entry.who = "somebody else"

    with pytest.raises(AppendOnly):
        change(entry)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET who = 'nobody'",
        "UPDATE audit_entry SET hash = 'x' WHERE number = 1",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_chain",
        "UPDATE audit_chain SET number = 0",
        "UPDATE audit_chain SET hash = 'x'",
        "INSERT INTO audit_seal (day, entries, hash, pruned_at) SELECT day, 1, 'x', at FROM audit_entry",
    ],
)
def test_the_database_refuses(sql):
    record(Event.DENIED)

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)

    assert Entry.objects.count() == 1


def test_the_database_refuses_to_be_emptied():
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL has TRUNCATE.")
    record(Event.DENIED)

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE audit_entry")


def test_a_role_of_the_database_that_may_only_add_is_enough():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no roles.")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE only_adds")
        cursor.execute("GRANT SELECT, INSERT ON audit_entry, audit_seal TO only_adds")
        cursor.execute("GRANT SELECT, INSERT, UPDATE ON audit_chain TO only_adds")
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO only_adds")
        cursor.execute("SET LOCAL ROLE only_adds")

    record(Event.REVEAL)
    record(Event.REVEAL)

    for sql in ("UPDATE audit_entry SET who = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(sql)


def test_a_look_is_not_recorded_within_a_transaction_that_may_yet_fail():
    with pytest.raises(RuntimeError), transaction.atomic():
        record(Event.REVEAL)


def test_a_change_and_its_entry_happen_together():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record_change(Event.ROLE_CHANGED)
        1 / 0  # noqa: B018  the change fails after it was recorded

    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_written_is_said():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry RENAME TO audit_away")
    try:
        with pytest.raises(NotRecorded):
            record(Event.REVEAL)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_away RENAME TO audit_entry")

    assert record(Event.REVEAL).number == 1


def test_it_costs_one_query_where_nobody_else_writes(django_assert_num_queries):
    first = record(Event.DENIED)

    with django_assert_num_queries(1):
        second = record(Event.DENIED)

    assert Entry.objects.get(pk=second.pk).number == first.number + 1
    assert not second._state.adding


def test_it_finds_the_end_that_somebody_else_has_moved(monkeypatch):
    before = record(Event.DENIED)
    stale = appending._ours
    record(Event.DENIED)
    monkeypatch.setattr(appending, "_ours", stale)

    third = record(Event.DENIED)

    assert third.number == before.number + 2
    assert verify().is_whole
