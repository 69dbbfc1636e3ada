"""Several processes write the trail at once, and one is killed while it does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
WRITERS, EACH = 3, 40
PREPARE = """
import django
django.setup()
from django.db import connection
from dashboard.audit import triggers
from dashboard.audit.models import Chain, Entry, Seal
with connection.schema_editor() as editor:
    for model in (Entry, Chain, Seal):
        editor.create_model(model)
triggers.install(connection)
"""
WRITE = """
import sys, django
django.setup()
from dashboard.audit import appending, record
from dashboard.audit.models import Chain
if sys.argv[2] == "unheld":
    appending._hold = Chain.objects.first
failed = 0
for place in range(int(sys.argv[1])):
    try:
        record.record(record.Event.DENIED, detail=f"{place}")
    except record.NotRecorded:
        failed += 1
        break
    print(place, flush=True)
sys.exit(1 if failed else 0)
"""


@pytest.fixture
def environment(tmp_path) -> Iterator[dict[str, str]]:
    """A database of its own for programs of their own, of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        url = f"sqlite:///{tmp_path / 'trail.sqlite3'}"
        yield prepared(url)
        return
    name, kept = f"trail_{os.getpid()}", connection.settings_dict
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    password = f":{quote(kept['PASSWORD'], safe='')}" if kept["PASSWORD"] else ""
    yield prepared(f"postgres://{kept['USER']}{password}@{kept['HOST']}:{kept['PORT'] or 5432}/{name}")
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def prepared(url: str) -> dict[str, str]:
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=environment, check=True)
    return environment


def _writer(environment: dict[str, str], count: int, how: str = "held") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITE, str(count), how]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _written(environment: dict[str, str]) -> int:
    command = [sys.executable, "manage.py", "verify_audit", "--skip-checks"]
    verified = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert verified.returncode == 0, verified.stderr
    return int(verified.stdout.split()[1].replace(",", ""))


@pytest.mark.django_db
def test_writers_in_several_processes_make_one_chain_and_a_killed_one_breaks_none(environment):
    writers = [_writer(environment, EACH) for _ in range(WRITERS)]
    victim = _writer(environment, 100_000)
    said = [victim.stdout.readline() for _ in range(10)]
    victim.send_signal(signal.SIGKILL)
    said += victim.stdout.readlines()
    victim.wait(timeout=60)

    assert [writer.wait(timeout=60) for writer in writers] == [0] * WRITERS
    # It may have been killed between the commit and the line that says so.
    assert _written(environment) - WRITERS * EACH in (len(said), len(said) + 1)
    for writer in writers:
        writer.stdout.close()
    victim.stdout.close()


@pytest.mark.control
@pytest.mark.django_db
def test_without_holding_the_end_writers_get_into_each_others_way(environment):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer in at a time, whatever we do.")
    assert _writer(environment, 1).wait(timeout=60) == 0

    writers = [_writer(environment, 4 * EACH, "unheld") for _ in range(WRITERS)]
    ended = [writer.wait(timeout=60) for writer in writers]

    assert 1 in ended
    # Even then the database lets no number be given twice.
    assert _written(environment)
