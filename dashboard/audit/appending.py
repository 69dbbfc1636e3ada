"""The end of the chain, where an entry is added: after the one that is there at that moment, and no other."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from dashboard.audit.chain import seal
from dashboard.audit.models import Chain, Entry


class End(NamedTuple):
    day: date
    number: int
    hash: str


# Where this process left the chain. Where that is no longer the end, nothing is added to it.
_ours: End | None = None


def append(entry: Entry) -> None:
    """Add an entry in a transaction of its own, with one statement if nobody has added since we did."""
    with transaction.atomic(durable=True, savepoint=False):
        if _ours is None or not _append_after_ours(entry, _ours):
            append_within(entry)


def append_within(entry: Entry) -> None:
    """Add an entry within the transaction that is open. Until it ends nobody else adds one."""
    held = _hold()
    _fill(entry, End(held.day, held.number, held.hash))
    entry.save()


def _hold() -> Chain:
    """Lock the end of the chain until the transaction ends. SQLite locks all when a transaction begins."""
    held = Chain.objects.select_for_update()
    end = held.first()
    if end is None:
        first = Chain(pk=1, day=timezone.now().date(), number=0, hash="")
        Chain.objects.bulk_create([first], ignore_conflicts=True)
        end = held.get()
    return end


def _fill(entry: Entry, end: End) -> None:
    global _ours
    # Only now: whoever held the end before us was earlier.
    entry.at = timezone.now()
    # A clock that is set back must not set the chain back.
    entry.day = max(entry.at.date(), end.day)
    entry.number = end.number + 1 if entry.day == end.day else 1
    entry.hash = seal(entry, end.hash)
    _ours = End(entry.day, entry.number, entry.hash)


def _append_after_ours(entry: Entry, end: End) -> bool:
    _fill(entry, end)
    fields = [field for field in Entry._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(str(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    values = [field.get_db_prep_save(getattr(entry, field.attname), connection) for field in fields]
    # As in `_hold`: whoever waited for the lock looks again at what the row says then.
    lock = connection.ops.for_update_sql() if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO audit_entry ({columns}) SELECT {places} FROM audit_chain "
            f"WHERE day = %s AND number = %s AND hash = %s {lock} RETURNING id",
            [*values, end.day, end.number, end.hash],
        )
        row = cursor.fetchone()
    if row is None:
        return False
    (entry.pk,) = row
    entry._state.adding = False
    return True
