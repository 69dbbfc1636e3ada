"""Webhooks through a real server and a real socket: chunks, bodies that lie about their length, kills."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.ingest.platforms.conftest import read

pytestmark = pytest.mark.xdist_group("webhooks on a server")

ROOT = Path(__file__).resolve().parents[2]
COUNT = (
    "import django; django.setup();"
    "from dashboard.ingest.models import Delivery; from dashboard.calls.models import Call, CallDetail;"
    "print(Delivery.objects.count(), Call.objects.count(), CallDetail.objects.count())"
)


class Server:
    """gunicorn with one worker of four threads on a database of its own."""

    def __init__(self, folder: Path, migrated: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{shutil.copy(migrated, folder)}",
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            "VAPI_WEBHOOK_SECRET": read("vapi")["secret"],
            "LOG_LEVEL": "ERROR",
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks/production/vapi/"

    def run(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    @contextmanager
    def up(self) -> Iterator[int]:
        """Serve, and yield the id of the process, whose group may be killed at will."""
        command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--threads", "4", "--workers", "1"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--log-level", "critical"]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        try:
            self._wait()
            yield process.pid
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("The server did not come up.")


@pytest.fixture(scope="module")
def server(migrated, tmp_path_factory) -> Server:
    return Server(tmp_path_factory.mktemp("server"), migrated)


def message(number: int) -> tuple[bytes, dict[str, str]]:
    """Return a status update of a call of its own, with the plain secret that Vapi can send as a header."""
    call = {"id": f"call-{number}", "type": "inboundPhoneCall"}
    body = {"message": {"type": "status-update", "status": "in-progress", "timestamp": 1, "call": call}}
    headers = {
        "x-vapi-secret": read("vapi")["secret"],
        "content-type": "application/json",
        "connection": "close",
    }
    return json.dumps(body).encode(), headers


def speak(port: int, request: bytes) -> bytes:
    """Say something to the server and hang up; return the first line of its answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").readline()


def test_a_body_in_chunks_is_taken_like_any_other(server):
    body, headers = message(1)
    with server.up():
        whole = requests.post(server.url, body, headers=headers, timeout=10)
        in_chunks = requests.post(server.url, iter([body[:10], body[10:]]), headers=headers, timeout=10)

    assert (whole.json(), in_chunks.json()) == ({"status": "stored"}, {"status": "seen"})


def test_bodies_that_lie_about_their_length_are_refused(server):
    _, headers = message(2)
    lines = "\r\n".join(f"{name}: {value}" for name, value in headers.items())
    start = f"POST /webhooks/production/vapi/ HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n"
    with server.up():
        answers = [
            speak(server.port, start.encode() + rest)
            for rest in (
                b"Content-Length: 100000000\r\n\r\n{}",
                b"Content-Length: 50\r\n\r\n{}",
                b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}",
                b"\r\n{}",
            )
        ]

    assert [answer.split()[1] for answer in answers] == [b"413", b"400", b"400", b"411"]


def test_what_was_acknowledged_survives_kills(server):
    """Each message is sent until the server says yes, which dies by SIGKILL in the middle of it all."""
    messages, per_life, lives = 240, 60, 3

    def send(number: int) -> bool:
        body, headers = message(1000 + number)
        try:
            return requests.post(server.url, body, headers=headers, timeout=10).status_code == 200
        except requests.RequestException:
            return False

    before = [int(count) for count in server.run("-c", COUNT).split()]
    waiting = set(range(messages))
    interrupted = 0
    for life in range(lives + 1):
        with server.up() as leader, ThreadPoolExecutor(4) as senders:
            answers = {}
            for number in sorted(waiting):
                answers[number] = senders.submit(send, number)
                if life < lives and len(answers) == per_life:
                    next(iter(answers.values())).result()
                    os.killpg(leader, signal.SIGKILL)
            waiting -= {number for number, answer in answers.items() if answer.result()}
            interrupted += bool(waiting)

    with server.up():  # A worker that starts reads what a killed one had stored and not come to.
        assert requests.get(f"http://127.0.0.1:{server.port}/livez", timeout=10).status_code == 200
    after = [int(count) for count in server.run("-c", COUNT).split()]
    assert not waiting and interrupted >= lives - 1
    assert [now - then for now, then in zip(after, before, strict=True)] == [messages] * 3
