"""A process without file handles, and one whose log goes nowhere (R6, R7)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ingest.platforms.conftest import read
from tests.servers import PATIENCE, ROOT, SECRET, SESSION

PRELUDE = """
import json, logging, os, resource, sys
import dashboard.wsgi
from django.conf import settings
from django.db import OperationalError, connections
from django.test import Client
from dashboard.ingest.models import Delivery
settings.ALLOWED_HOSTS = ["testserver"]
client = Client(raise_request_exception=False)
client.cookies[settings.SESSION_COOKIE_NAME] = os.environ["TEST_SESSION"]
logged = logging.getLogger("dashboard")

def deliver(number):
    call = {"id": f"call-{number}", "type": "inboundPhoneCall"}
    said = {"type": "status-update", "status": "in-progress", "timestamp": 1, "call": call}
    headers = {"x-vapi-secret": settings.WEBHOOK_SECRETS["VAPI_WEBHOOK_SECRET"]}
    door = "/webhooks/production/vapi/"
    return client.post(door, {"message": said}, content_type="application/json", headers=headers).status_code

"""
WITHOUT_HANDLES = """
deliver(1), client.get("/calls/")
connections.close_all()
before = resource.getrlimit(resource.RLIMIT_NOFILE)
free = os.dup(0)  # The lowest number that is free; none above it may be had.
os.close(free)
resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))
try:
    open("/dev/null")
    control = "a handle was left"
except OSError as error:
    control = error.strerror
refused = [deliver(2), client.get("/calls/").status_code]
resource.setrlimit(resource.RLIMIT_NOFILE, before)
healed = [deliver(2), client.get("/calls/").status_code]
print(json.dumps([control, refused, healed, Delivery.objects.count()]), file=told)
"""
WITHOUT_A_LOG = """
control = "the log was written"
try:
    os.write(2, b"control")
except OSError as error:
    control = error.strerror
logged.error("no room for %s", "this")
logged.error("%d is no number", "this")
answers = [deliver(1), client.get("/calls/").status_code, client.get("/nothing/").status_code]
print(json.dumps([control, answers, Delivery.objects.count()]), file=told)
"""


def run(script: str, database: Path, folder: Path, stderr: str) -> str:
    """Run a script in a process of its own and return what it tells, past its standard streams."""
    told = folder / "told.json"
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "CACHE_URL": "locmemcache://",
        "SECRET_KEY": SECRET,
        "VAPI_WEBHOOK_SECRET": read("vapi")["secret"],
        "TEST_SESSION": SESSION,
    }
    code = f"told = open({str(told)!r}, 'w', buffering=1)\n{PRELUDE}{script}"
    command = ["sh", "-c", f'exec "$0" -c "$1" {stderr}', sys.executable, code]
    done = subprocess.run(command, env=environment, cwd=ROOT, timeout=PATIENCE, capture_output=True)
    assert told.read_text(), done.stderr.decode()
    return told.read_text()


@pytest.fixture
def database(migrated, db, tmp_path) -> Path:
    return Path(shutil.copy(migrated, tmp_path / "calls.sqlite3"))


# What Python reads only when it is needed differs from run to run: too rare a failure to stop other work.
@pytest.mark.long
@pytest.mark.control
def test_without_file_handles_nothing_is_acknowledged_and_it_heals(database, tmp_path):
    told = run(WITHOUT_HANDLES, database, tmp_path, "")

    assert told == '["Too many open files", [503, 503], [200, 200], 2]\n'


@pytest.mark.control
def test_a_log_that_cannot_be_written_fails_no_request(database, tmp_path):
    told = run(WITHOUT_A_LOG, database, tmp_path, "2>/dev/full")

    assert told == '["No space left on device", [200, 200, 404], 1]\n'
