"""A whole installation on this machine: server processes, a database, a cache server and a Sentry sandbox."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import requests

from sentry_logs.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent.parent
PREPARE = """
import django; django.setup()
from datetime import datetime
from django.contrib.auth.models import User
from dashboard.people.groups import give_role
from dashboard.people.roles import Role
from dashboard.calls.seeding import save_calls
from sentry_logs.sandbox.scenarios import Scenario
import sys
save_calls(Scenario(int(sys.argv[1]), datetime.fromisoformat(sys.argv[2])).calls)
give_role(User.objects.create_user("viewer", password=sys.argv[3]), Role.AGENT)
"""


PASSWORD = "only for the benchmark"


@dataclass
class CacheServer:
    """A Redis of our own that can be stopped and started."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until_open(self.port)

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True)
class Installation:
    port: int
    cookie: str
    sandbox: Sandbox
    cache: CacheServer | None

    def get(self, path: str, *, timeout: float = 40.0) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            headers = {"Cookie": f"sessionid={self.cookie}"}
            if "/marks/" in path:
                headers["HX-Request"] = "true"
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


@contextmanager
def installation(sandbox: Sandbox, folder: Path, seed: int, now: str) -> Iterator[Installation]:
    cache = CacheServer(free_port()) if shutil.which("redis-server") else None
    if cache:
        cache.start()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "SECRET_KEY": "only-for-the-benchmark",
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "CACHE_URL": cache.url if cache else f"filecache://{folder / 'cache'}",
        "SENTRY_URL": sandbox.url,
        "SENTRY_ORG": sandbox.org,
        "SENTRY_PROJECT": sandbox.project,
        "SENTRY_AUTH_TOKEN": sandbox.token,
        "LOG_LEVEL": "CRITICAL",
    }
    port = free_port()
    try:
        run(environment, "manage.py", "migrate", "-v0")
        run(environment, "-c", PREPARE, str(seed), now, PASSWORD)
        run(environment, "manage.py", "sentry_sync")
        with _server(environment, port):
            yield Installation(port, _signed_in(port), sandbox, cache)
    finally:
        if cache:
            cache.stop()


@contextmanager
def _server(environment: dict[str, str], port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--log-level", "critical"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        until_open(port)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _signed_in(port: int) -> str:
    """Sign in as a person does, and return the session's key."""
    address = f"http://127.0.0.1:{port}/login/"
    with requests.Session() as browser:
        browser.get(address, timeout=20).raise_for_status()
        token = browser.cookies["csrftoken"]
        form = {"username": "viewer", "password": PASSWORD, "csrfmiddlewaretoken": token}
        browser.post(address, form, timeout=20, allow_redirects=False)
        return str(browser.cookies["sessionid"])


def run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], env=environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_open(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"Nothing listens on port {port}")
