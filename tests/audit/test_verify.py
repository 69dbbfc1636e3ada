from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from dashboard.audit import triggers
from dashboard.audit.models import Chain, Entry, Seal
from dashboard.audit.record import Event, record

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2019, 3, 1, 12, tzinfo=UTC)
YEARS = timedelta(days=365 * 8)


def write(*days: int) -> None:
    """Add three entries on each of these days, counted from LONG_AGO."""
    for day in days:
        with time_machine.travel(LONG_AGO + timedelta(days=day), tick=False):
            for event in (Event.SIGNED_IN, Event.REVEAL, Event.SIGNED_OUT):
                record(event, detail=f"day {day}")


def tamper(sql: str) -> None:
    """Do what the triggers refuse, as somebody would who owns the database."""
    with connection.cursor() as cursor:
        for drop in triggers.dropping(connection.vendor):
            cursor.execute(drop)
        cursor.execute(sql)
        for create in triggers.creating(connection.vendor):
            cursor.execute(create)


def run(name: str, *args: str) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


def test_a_whole_chain_is_said_to_be_whole():
    write(0, 1, 4)

    said = run("verify_audit")

    assert "9 entries, 01 Mar 2019 to 05 Mar 2019. The chain is whole." in said
    assert Entry.objects.latest("id").hash in said


def test_no_entries_are_no_problem():
    assert "There are no entries. The chain is whole." in run("verify_audit")


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        (
            "UPDATE audit_entry SET who = 'eve' WHERE day = '2019-03-02' AND number = 2",
            "02: entry 2 is not as",
        ),
        ("UPDATE audit_entry SET at = '2019-03-02 13:00:00+00:00' WHERE number = 2", "entry 2 is not as"),
        ("UPDATE audit_entry SET fields = '[\"x\"]' WHERE number = 3", "entry 3 is not as"),
        ("UPDATE audit_entry SET event = 'denied' WHERE number = 1", "entry 1 is not as"),
        ("DELETE FROM audit_entry WHERE day = '2019-03-02' AND number = 2", "02: entries 2 to 2 are missing"),
        (
            "DELETE FROM audit_entry WHERE day = '2019-03-02'",
            "03: entry 1 is not as it was written, or not after",
        ),
        (
            "DELETE FROM audit_entry WHERE day = '2019-03-01'",
            "02: entry 1 is not as it was written, or not after",
        ),
        (
            "DELETE FROM audit_entry WHERE day = '2019-03-03' AND number = 3",
            "the newest entries, up to 3, are miss",
        ),
        ("DELETE FROM audit_entry", "the newest entries, up to 3, are missing"),
        ("DELETE FROM audit_chain", "The end of the chain is missing"),
        ("UPDATE audit_chain SET number = 2", "1 entries come after the end"),
    ],
)
def test_what_was_done_to_it_is_found(sql, problem):
    write(0, 1, 2)
    run("verify_audit")

    tamper(sql)

    with pytest.raises(CommandError, match="The chain is broken") as failure:
        run("verify_audit")
    assert problem in str(failure.value)
    assert failure.value.returncode == 1


def test_an_entry_that_another_hand_wrote_is_found():
    write(0)
    entry = Entry.objects.latest("id")

    # The database takes it, as it must take ours; only who has the key can seal it.
    columns = ", ".join(field.column for field in Entry._meta.fields if field.column not in ("id", "number"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO audit_entry (number, {columns}) SELECT 4, {columns} FROM audit_entry WHERE id = %s",
            [entry.pk],
        )

    with pytest.raises(CommandError, match="entry 4 is not as it was written"):
        run("verify_audit")


def test_a_hash_noted_earlier_must_still_be_there():
    write(0, 1)
    noted = Entry.objects.first().hash

    assert "whole" in run("verify_audit", "--holds", noted)
    with pytest.raises(CommandError, match="No entry has the hash abc"):
        run("verify_audit", "--holds", "abc")


def test_a_missing_trigger_is_said():
    with connection.cursor() as cursor:
        cursor.execute(triggers.dropping(connection.vendor)[1])

    with pytest.raises(CommandError, match="lacks the trigger audit_entry_kept"):
        run("verify_audit")


def test_a_new_secret_key_leaves_the_old_one_to_verify(settings):
    settings.SECRET_KEY = "the first key"
    write(0)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the second key", ["the first key"]
    write(1)

    assert "6 entries" in run("verify_audit")
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(CommandError, match="entry 1 is not as it was written"):
        run("verify_audit")


def test_a_clock_that_is_set_back_does_not_break_the_chain():
    write(3, 1)

    assert "6 entries" in run("verify_audit")
    assert {entry.day for entry in Entry.objects.all()} == {(LONG_AGO + timedelta(days=3)).date()}


def test_migrate_gives_a_table_that_was_made_anew_its_triggers_again():
    write(0)
    with connection.cursor() as cursor:
        for drop in triggers.dropping(connection.vendor):
            cursor.execute(drop)
        cursor.execute("UPDATE audit_chain SET number = 1, hash = 'behind'")

    call_command("migrate", verbosity=0)

    assert triggers.missing(connection) == []
    assert Chain.objects.get().number == 3
    write(0)
    assert "6 entries" in run("verify_audit")


def test_pruning_counts_before_it_deletes():
    write(0, 1)
    record(Event.REVEAL)

    assert "6 entries of the audit trail" in run("prune_audit")
    assert Entry.objects.count() == 7


def test_pruning_seals_what_it_deletes_and_the_rest_stays_verifiable():
    write(0, 1, 5)
    record(Event.REVEAL)

    said = run("prune_audit", "--yes")

    assert "Deleted 9 entries" in said
    assert [entry.event for entry in Entry.objects.order_by("id")] == ["reveal", "retention"]
    assert [seal.entries for seal in Seal.objects.order_by("day")] == [3, 3, 3]
    assert "2 entries" in run("verify_audit")


def test_pruning_twice_is_as_pruning_once():
    write(0)
    run("prune_audit", "--yes")

    assert "Deleted 0 entries" in run("prune_audit", "--yes")
    assert Entry.objects.count() == 1


def test_pruning_that_was_broken_off_is_finished():
    write(0)
    last = Entry.objects.latest("id")
    Seal(day=last.day, entries=3, hash=last.hash, pruned_at=datetime.now(UTC)).save()

    assert "Deleted 3 entries" in run("prune_audit", "--yes")
    assert "whole" in run("verify_audit")


def test_everything_may_be_too_old():
    write(0)
    run("prune_audit", "--yes")
    record(Event.REVEAL)

    assert "2 entries" in run("verify_audit")


def test_a_broken_chain_is_not_deleted():
    write(0, 1)
    tamper("UPDATE audit_entry SET who = 'eve' WHERE number = 2")

    with pytest.raises(CommandError, match="Nothing was deleted"):
        run("prune_audit", "--yes")

    assert Entry.objects.count() == 6


@pytest.mark.parametrize("days", ["0", "364", "-1", "36501"])
def test_nothing_younger_than_a_year_is_deleted(days):
    with pytest.raises(CommandError, match="from 365"):
        run("prune_audit", "--yes", "--older-than", days)
