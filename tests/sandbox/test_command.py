from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.core.management import CommandError, call_command

MANAGE = Path(__file__).parents[2] / "manage.py"


def _listen_to_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def killed_at_the_end(process):
    try:
        yield
    finally:
        process.kill()


def test_the_command_says_where_it_is_and_stops_on_ctrl_c():
    command = [sys.executable, str(MANAGE), "sentry_sandbox", "--port", "0", "--empty", "--old"]
    # Tests that run in the background inherit that Ctrl-C is ignored.
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=_listen_to_ctrl_c) as process,
        killed_at_the_end(process),
    ):
        words = "".join(iter(process.stdout.readline, "Stop with Ctrl-C.\n"))
        facts = dict(re.findall(r"^  (URL|org|token) +(\S+)$", words, re.MULTILINE))
        url = f"{facts['URL']}/api/0/projects/{facts['org']}/receptionist/"
        answer = requests.get(url, headers={"Authorization": f"Bearer {facts['token']}"}, timeout=5)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=10)
    assert answer.json()["slug"] == "receptionist"
    assert "like self-hosted 23.7.1" in words and f"SENTRY_URL={facts['URL']}" in words
    assert (process.returncode, rest.strip()) == (0, "Sandbox stopped.")


def test_a_taken_port_is_said_in_plain_words(sandbox):
    port = int(sandbox.url.rsplit(":", 1)[1])
    with pytest.raises(CommandError, match=f"Port {port} cannot be used: Address already in use"):
        call_command("sentry_sandbox", "--empty", "--port", str(port))
