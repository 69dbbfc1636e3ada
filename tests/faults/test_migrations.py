"""A new version beside the old one: tables that take the old code's rows, and kills half-way."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.servers import PATIENCE, ROOT

OURS = sorted(app.label for app in apps.get_app_configs() if Path(app.path).is_relative_to(ROOT))
PRUNE = """
import sys, time
import django; django.setup()
from datetime import UTC, datetime
from dashboard.ingest import pruning
pruning.BATCH = 10
for size in pruning.prune(pruning.old_refusals(datetime(2026, 1, 1, tzinfo=UTC))):
    print(size, flush=True)
    if "--slowly" in sys.argv:
        time.sleep(600)
"""


def versions_before() -> list[tuple[str, str, str]]:
    """Return each app that has changed its tables with its newest migration and the one before."""
    names = MigrationLoader(connection).disk_migrations
    found = []
    for app in OURS:
        own = sorted(name for label, name in names if label == app)
        found += [(app, own[-2], own[-1])] if len(own) > 1 else []
    return found


@pytest.mark.parametrize("app", [app for app in OURS if app in ("calls", "keys", "sentry_logs")])
def test_the_old_code_reads_and_writes_the_new_tables(db, app):
    """While a deploy goes on, workers of the old version use the database of the new one."""
    [(before, _now)] = [(old, new) for label, old, new in versions_before() if label == app]
    state = MigrationLoader(connection).project_state((app, before))
    with connection.cursor() as cursor:
        for model in state.apps.get_models():
            if model._meta.app_label != app:
                continue
            list(model._default_manager.all()[:1])
            known = {field.column for field in model._meta.local_concrete_fields}
            table = connection.introspection.get_table_description(cursor, model._meta.db_table)
            unknown = [column for column in table if column.name not in known]
            assert [one.name for one in unknown if not one.null_ok and one.default is None] == []


@pytest.mark.control
def test_a_new_column_that_must_be_filled_refuses_the_old_code(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id integer PRIMARY KEY, added varchar(5) NOT NULL)")
        table = connection.introspection.get_table_description(cursor, "kept")

    assert [one.name for one in table if not one.null_ok and one.default is None] == ["added"]


def environment(file: Path) -> dict[str, str]:
    own = {"DATABASE_URL": f"sqlite:///{file}", "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    return os.environ | own


def run(file: Path, *command: str) -> None:
    whole = [sys.executable, *command]
    subprocess.run(whole, cwd=ROOT, env=environment(file), check=True, timeout=PATIENCE, capture_output=True)


def is_whole(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as database:
        return database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_pruning_that_is_killed_goes_on_where_it_was(migrated, db, tmp_path):
    file = Path(shutil.copy(migrated, tmp_path / "calls.sqlite3"))
    with closing(sqlite3.connect(file)) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(ingest_refusal)") if row[1] != "id"]
        told = {"count": 1, "environment": "production", "platform": "vapi"}
        for number in range(60):
            hour = f"{'2025' if number < 50 else '2026'}-06-01 {number % 24:02}:00:00"
            row = [told.get(name, hour if name == "hour" else f"reason {number}") for name in columns]
            marks = ", ".join("?" * len(columns))
            database.execute(f"INSERT INTO ingest_refusal ({', '.join(columns)}) VALUES ({marks})", row)
        database.commit()

    command = [sys.executable, "-c", PRUNE]
    slowly = subprocess.Popen(
        [*command, "--slowly"], cwd=ROOT, env=environment(file), stdout=subprocess.PIPE, text=True
    )
    with slowly:
        assert slowly.stdout.readline() == "10\n"
        slowly.send_signal(signal.SIGKILL)
    assert is_whole(file)
    subprocess.run(
        command, cwd=ROOT, env=environment(file), check=True, timeout=PATIENCE, capture_output=True
    )

    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT COUNT(*), MIN(hour) >= '2026' FROM ingest_refusal").fetchone() == (
            10,
            1,
        )


@pytest.mark.long
def test_migrating_that_is_killed_is_finished_by_the_next_one(tmp_path):
    file = tmp_path / "calls.sqlite3"
    command = [sys.executable, "manage.py", "migrate"]
    for step in (3, 12, 25):
        process = subprocess.Popen(
            [*command], cwd=ROOT, env=environment(file), stdout=subprocess.PIPE, text=True, bufsize=1
        )
        with process:
            for number, line in enumerate(process.stdout):
                if "Applying" in line and number >= step:
                    break
            process.send_signal(signal.SIGKILL)
        assert is_whole(file)
    run(file, "manage.py", "migrate")
    run(file, "manage.py", "migrate", "--check")
    assert is_whole(file)
