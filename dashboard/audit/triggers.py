"""What the database itself refuses: to change an entry, and to delete one of a day that was not sealed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

# Whatever the settings say, nothing younger can be sealed and thereby deleted.
SHORTEST_RETENTION_DAYS = 365
REFUSED = "the audit trail is append-only"

_MOVE = "UPDATE audit_chain SET day = NEW.day, number = NEW.number, hash = NEW.hash"
_FORWARD = "NEW.day > OLD.day OR (NEW.day = OLD.day AND NEW.number > OLD.number)"
_SEALED = "EXISTS (SELECT 1 FROM audit_seal WHERE audit_seal.day = OLD.day)"
# A table that a migration makes anew loses its triggers; the end of the chain is then behind.
_CATCH_UP = """
    UPDATE audit_chain SET (day, number, hash) =
        (SELECT day, number, hash FROM audit_entry ORDER BY id DESC LIMIT 1)
    WHERE EXISTS (
        SELECT 1 FROM audit_entry
        WHERE audit_entry.day > audit_chain.day
            OR (audit_entry.day = audit_chain.day AND audit_entry.number > audit_chain.number)
    )
"""


@dataclass(frozen=True, slots=True)
class Trigger:
    name: str
    table: str
    moment: str
    condition: str = ""
    """When it acts, in SQL over OLD and NEW; empty for always."""
    action: str = ""
    """What it does; empty if it refuses."""


def _old(days: int, vendor: str) -> str:
    today = f"CURRENT_DATE - {days}" if vendor == "postgresql" else f"date('now', '-{days} days')"
    return f"NEW.day > {today}"


def triggers(vendor: str) -> list[Trigger]:
    row_ones = [
        Trigger("audit_entry_added", "audit_entry", "AFTER INSERT", action=_MOVE),
        Trigger("audit_entry_kept", "audit_entry", "BEFORE UPDATE"),
        Trigger("audit_entry_stays", "audit_entry", "BEFORE DELETE", f"NOT {_SEALED}"),
        Trigger("audit_chain_forward", "audit_chain", "BEFORE UPDATE", f"NOT ({_FORWARD})"),
        Trigger("audit_chain_stays", "audit_chain", "BEFORE DELETE"),
        Trigger("audit_seal_old", "audit_seal", "BEFORE INSERT", _old(SHORTEST_RETENTION_DAYS, vendor)),
        Trigger("audit_seal_kept", "audit_seal", "BEFORE UPDATE"),
        Trigger("audit_seal_stays", "audit_seal", "BEFORE DELETE"),
    ]
    if vendor != "postgresql":
        return row_ones
    tables = ("audit_entry", "audit_chain", "audit_seal")
    return [*row_ones, *(Trigger(f"{table}_whole", table, "BEFORE TRUNCATE") for table in tables)]


def creating(vendor: str) -> list[str]:
    """Return the SQL that makes the triggers; made twice, they are as made once."""
    make = _for_postgresql if vendor == "postgresql" else _for_sqlite
    return [sql for trigger in triggers(vendor) for sql in make(trigger)]


def dropping(vendor: str) -> list[str]:
    on = " ON {0.table}" if vendor == "postgresql" else ""
    return [f"DROP TRIGGER IF EXISTS {trigger.name}{on.format(trigger)}" for trigger in triggers(vendor)]


def install(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for sql in (*dropping(connection.vendor), _CATCH_UP, *creating(connection.vendor)):
            cursor.execute(sql)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that the database does not have, or that are switched off."""
    sql = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        known = {name for (name,) in cursor.fetchall()}
    return [trigger.name for trigger in triggers(connection.vendor) if trigger.name not in known]


def _for_sqlite(trigger: Trigger) -> list[str]:
    when = f"WHEN {trigger.condition} " if trigger.condition else ""
    action = trigger.action or f"SELECT RAISE(ABORT, '{REFUSED}')"
    return [
        f"DROP TRIGGER IF EXISTS {trigger.name}",
        f"CREATE TRIGGER {trigger.name} {trigger.moment} ON {trigger.table} "
        f"FOR EACH ROW {when}BEGIN {action}; END",
    ]


def _for_postgresql(trigger: Trigger) -> list[str]:
    action = trigger.action or f"RAISE EXCEPTION '{REFUSED}'"
    body = f"IF {trigger.condition} THEN {action}; END IF;" if trigger.condition else f"{action};"
    row = "OLD" if "DELETE" in trigger.moment else "NEW"
    each, result = ("STATEMENT", "NULL") if "TRUNCATE" in trigger.moment else ("ROW", row)
    return [
        f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN {result}; END $$",
        f"CREATE OR REPLACE TRIGGER {trigger.name} {trigger.moment} ON {trigger.table} "
        f"FOR EACH {each} EXECUTE FUNCTION {trigger.name}()",
    ]
