"""A table of calls of any size, made fast: rows first, indexes afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from dashboard.calls.models import Call, CallAlias
from sentry_logs.models import Check, SyncState, Tally
from sentry_logs.services.kept import origin_key

SEED = 4
YEAR = timedelta(days=365)
BATCH = 20_000
LINES = 40
CALLS_A_CALLER = 1
Row = tuple[Any, ...]
# As many times in these lists as in a hundred calls.
ENVIRONMENTS = ["production"] * 85 + ["staging"] * 15
PLATFORMS = ["vapi"] * 40 + ["retell"] * 25 + ["twilio"] * 20 + ["elevenlabs"] * 10 + ["livekit"] * 5
OUTCOMES = ["completed"] * 60 + ["abandoned"] * 22 + ["no_answer"] * 8 + ["failed"] * 6 + ["busy"] * 4
ALIASES = {"vapi": "twilio_call_sid", "elevenlabs": "twilio_call_sid", "livekit": "room_sid"}
COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Call: (
        "id", "platform", "platform_call_id", "environment", "direction", "from_number", "to_number", "line",
        "agent_id", "agent_name", "agent_version", "status", "outcome", "ended_by", "ended_reason",
        "ended_reason_raw", "fault", "started_at", "answered_at", "ended_at", "duration_ms", "created_at",
        "updated_at",
    ),
    CallAlias: ("call_id", "kind", "value"),
    Tally: (
        "check_made_id", "correlation_id", "environment", "level", "count", "last_title", "first_seen",
        "last_seen",
    ),
}  # fmt: skip


def fill(number: int, now: datetime, progress: Callable[[int, int], None], *, errors: int) -> None:
    """Put so many calls of the last year into an empty database, with aliases, some with kept errors."""
    check = _kept_check(now)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -400000")
    with _without_indexes(*COLUMNS):
        rows, done = _calls(number, now, check, errors / number), 0
        while batch := list(islice(rows, BATCH)):
            with transaction.atomic():
                for model in COLUMNS:
                    _write(model, [row for one in batch for row in one.get(model, ())])
            done += len(batch)
            progress(done, number)
    with connection.cursor() as cursor:
        # As in service: PostgreSQL does this by itself from time to time, SQLite does not.
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")


def _calls(
    number: int, now: datetime, check: Check, failing: float
) -> Iterator[dict[type[models.Model], list[Row]]]:
    rng = random.Random(SEED)
    step = YEAR / number
    for place in range(number):
        started = now - step * (place + rng.random())
        platform, environment, outcome = (rng.choice(words) for words in (PLATFORMS, ENVIRONMENTS, OUTCOMES))
        key, name = f"{rng.getrandbits(128):032x}", _platform_id(rng, platform)
        seconds = rng.randrange(5, 600)
        caller = 2_000_000_000 + rng.randrange(max(1, number // CALLS_A_CALLER)) * 7_919 % 7_999_999_999
        line = rng.randrange(LINES)
        begun, ended = _moment(started), _moment(started + timedelta(seconds=seconds))
        call = (
            key, platform, name, environment, "inbound", f"+44{caller}", f"+4420794600{line:02}",
            f"Business {line}", "", "Front desk", "2.3.1", "ended", outcome, "caller", "caller_hangup", "",
            "none", begun, begun, ended, seconds * 1000, begun, ended,
        )  # fmt: skip
        rows: dict[type[models.Model], list[Row]] = {Call: [call], CallAlias: []}
        if platform in ALIASES:
            kind = ALIASES[platform]
            value = f"{'RM_' if kind == 'room_sid' else 'CA'}{rng.getrandbits(128):032x}"
            rows[CallAlias].append((key, kind, value))
        if rng.random() < 0.3:
            rows[CallAlias].append((key, "trace_id", f"{rng.getrandbits(128):032x}"))
        if rng.random() < failing:
            rows[Tally] = [(check.pk, name, environment, "error", 1, "Timeout: no answer", begun, ended)]
        yield rows


def _platform_id(rng: random.Random, platform: str) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return {
        "vapi": str(UUID(digits)),
        "retell": f"call_{digits[:27]}",
        "twilio": f"CA{digits}",
        "elevenlabs": f"conv_{digits[:26]}",
        "livekit": f"call-{digits[:12]}",
    }[platform]


def _kept_check(now: datetime) -> Check:
    """Let one check cover all of the time, as if Sentry had been asked a moment ago."""
    key, start = origin_key("discover"), now - YEAR * 2
    SyncState.objects.create(origin=key, covered_from=start, asked_at=now)
    return Check.objects.create(origin=key, start=start, end=now, asked_at=now)


def _write(model: type[models.Model], rows: Sequence[Row]) -> None:
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in COLUMNS[model])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(COLUMNS[model]))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)


@contextmanager
def _without_indexes(*tables: type[models.Model]) -> Iterator[None]:
    with connection.schema_editor() as editor:
        for table in tables:
            for index in table._meta.indexes:
                editor.remove_index(table, index)
    yield
    with connection.schema_editor() as editor:
        for table in tables:
            for index in table._meta.indexes:
                editor.add_index(table, index)


def _moment(at: datetime) -> str:
    """Write a time as both databases read it, in UTC."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")
