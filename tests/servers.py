"""The dashboard under gunicorn, with a database of its own, to be hurt from outside."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.utils import timezone

from dashboard.people.sign_in import sessions
from tests.ingest.platforms.conftest import read

ROOT = Path(__file__).resolve().parent.parent
SECRET = "only-for-tests-that-hurt-a-server"
WEBHOOK = "/webhooks/production/vapi/"
# For a machine where everything else runs at the same time; nothing waits for so long by design.
PATIENCE = 120.0


def migrated_file(path: Path) -> Path:
    """Write the test database's tables and migrations to a file, with one administrator who is signed in.

    Returns in moments, where `migrate` would take seconds. The session is named `SESSION`.
    """
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as file:
        connection.connection.backup(file)
        file.execute("PRAGMA journal_mode=WAL")
        for row in signed_in():
            fields = row._meta.local_concrete_fields
            columns = ", ".join(f'"{one.column}"' for one in fields)
            values = [one.get_db_prep_save(getattr(row, one.attname), connection) for one in fields]
            marks = ", ".join("?" * len(values))
            file.execute(f'INSERT INTO "{row._meta.db_table}" ({columns}) VALUES ({marks})', values)
        file.commit()
    return path


SESSION = "0123456789abcdef0123456789abcdef"


def signed_in() -> Iterable[models.Model]:
    user = User(pk=1_000_001, username="ada", is_superuser=True, is_staff=True)
    user.set_unusable_password()
    kept, settings.SECRET_KEY = settings.SECRET_KEY, SECRET
    try:
        said = {
            "_auth_user_id": str(user.pk),
            "_auth_user_backend": settings.AUTHENTICATION_BACKENDS[-1],
            "_auth_user_hash": user.get_session_auth_hash(),
            **dict.fromkeys((sessions.BEGAN, sessions.SEEN, sessions.PROVED), int(time.time())),
        }
        data = SessionStore().encode(said)
    finally:
        settings.SECRET_KEY = kept
    until = timezone.now() + timedelta(days=1)
    return [user, Session(session_key=SESSION, session_data=data, expire_date=until)]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait for a condition and return what it says."""
    deadline = time.monotonic() + seconds
    while not (said := condition()):
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)
    return said


@dataclass
class Server:
    """One gunicorn. `options` are its own, `environment` the settings."""

    database: str
    folder: Path
    workers: int = 1
    threads: int = 4
    environment: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        own = {
            "DATABASE_URL": self.database,
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            "SECRET_KEY": SECRET,
            "VAPI_WEBHOOK_SECRET": read("vapi")["secret"],
            "SENTRY_URL": "http://127.0.0.1:9",
            "LOG_LEVEL": "INFO",
            "CACHE_URL": "locmemcache://",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SENTRY_")}
        self.environment = kept | own | self.environment
        self.log = self.folder / f"gunicorn-{self.port}.log"

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--workers", str(self.workers), "--threads", str(self.threads), "--log-level", "info"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *self.options],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(lambda: self._is_up() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()[-3000:]

    def stop(self) -> None:
        """End it the way a person would; kill what does not end."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.kill()

    def kill(self) -> None:
        """Kill the whole tree at once."""
        assert self.process
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def worker_ids(self) -> list[int]:
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        with suppress(FileNotFoundError):
            return [int(number) for number in children.read_text().split()]
        return []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str, **more: Any) -> requests.Response:
        """Ask as the administrator who is signed in."""
        return requests.get(
            self.url(path),
            cookies={settings.SESSION_COOKIE_NAME: SESSION},
            timeout=PATIENCE,
            allow_redirects=False,
            **more,
        )

    def deliver(self, number: int, **more: Any) -> requests.Response:
        """Send one message about a call of its own, signed by the plain secret that Vapi can send."""
        call = {"id": f"call-{number}", "type": "inboundPhoneCall"} | more
        body = {"message": {"type": "status-update", "status": "in-progress", "timestamp": 1, "call": call}}
        headers = {
            "x-vapi-secret": self.environment["VAPI_WEBHOOK_SECRET"],
            "content-type": "application/json",
            "connection": "close",
        }
        return requests.post(self.url(WEBHOOK), json.dumps(body), headers=headers, timeout=PATIENCE)

    def _is_up(self) -> bool:
        with suppress(requests.RequestException):
            return requests.get(self.url("/livez"), timeout=5).status_code == 200
        return False


@dataclass
class FileServer(Server):
    """A server on a SQLite file."""

    @classmethod
    def on(cls, template: Path, folder: Path, **more: Any) -> FileServer:
        file = folder / "calls.sqlite3"
        shutil.copy(template, file)
        return cls(f"sqlite:///{file}", folder, **more)

    @property
    def file(self) -> Path:
        return Path(self.database.removeprefix("sqlite:///"))

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.file, timeout=PATIENCE)) as file:
            return file.execute(statement).fetchall()

    def stored(self) -> dict[str, int]:
        """Return how often each delivered call is there, by its id."""
        counted = "SELECT platform_call_id, COUNT(*) FROM calls_call GROUP BY 1"
        return dict(self.rows(counted))
