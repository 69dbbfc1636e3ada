from __future__ import annotations

import io
import logging
import threading
import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import (
    ServerHandler,
    ThreadedWSGIServer,
    WSGIRequestHandler,
    get_internal_wsgi_application,
)
from django.db import connection
from django.db.models import Min

from dashboard.calls.models import Call
from dashboard.calls.seeded_conversations import save_conversations
from dashboard.calls.seeding import save_calls
from dashboard.people.groups import give_role
from dashboard.people.roles import Role
from sentry_logs.management.pointing import point_at
from sentry_logs.sandbox import Sandbox, start_sandbox
from sentry_logs.sandbox.scenarios import Scenario

SEED = 7
USERS = {"support": Role.AGENT, "lead": Role.LEAD, "admin": Role.ADMINISTRATOR}


class Command(BaseCommand):
    help = "Serve the dashboard with demo data and a Sentry sandbox. A second run keeps the data."
    # It brings its own Sentry: that ours is not set up is no matter here.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        started = time.monotonic()
        server = _bind(host, port)
        call_command("migrate", verbosity=0)
        # Only now: the application never makes a database, it only opens one.
        server.set_app(get_internal_wsgi_application())
        _make_users()
        opened_at = Call.objects.aggregate(first=Min("created_at"))["first"]
        scenario = Scenario(SEED, datetime.now(UTC), opened_at)
        save_calls(scenario.calls)
        save_conversations()
        with start_sandbox(scenario=scenario) as sandbox:
            point_at(sandbox, settings)
            threading.Thread(target=_keep_marks, daemon=True).start()
            self._say_ready(server, sandbox, time.monotonic() - started)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                self.stdout.write("\nStopped. The data is kept.")
            finally:
                server.server_close()

    def _say_ready(self, server: ThreadedWSGIServer, sandbox: Sandbox, seconds: float) -> None:
        self.stdout.write(
            f"\nReady after {seconds:.1f} s: http://{server.server_name}:{server.server_port}/\n\n"
            "  user      password   who\n"
            "  support   support    support agent\n"
            "  lead      lead       support lead, may export and reveal\n"
            "  admin     admin      administrator, also at /admin/\n\n"
            f"{Call.objects.count():,} demo calls. Their events are in a Sentry sandbox at {sandbox.url}\n"
            f"To send events of your own, use the DSN {sandbox.dsn}\n"
            "Ctrl-C stops the server."
        )
        self.stdout.flush()


def _bind(host: str, port: int) -> ThreadedWSGIServer:
    logging.getLogger("django.server").setLevel(logging.ERROR)
    ServerHandler.server_software = "dashboard"  # and not the versions of what it runs on
    try:
        server = ThreadedWSGIServer((host, port), WSGIRequestHandler)
    except OSError as error:
        raise CommandError(
            f"Port {port} cannot be used ({error.strerror}). Choose another: make demo PORT=8010"
        ) from None
    server.daemon_threads = True
    server.server_name = host
    return server


def _make_users() -> None:
    for name, role in USERS.items():
        if not User.objects.filter(username=name).exists():
            give_role(User.objects.create_user(name, password=name), role)


def _keep_marks() -> None:
    """Do what an installation does by a timer: keep the marks of all calls."""
    call_command("sentry_sync", stdout=io.StringIO())
    connection.close()
