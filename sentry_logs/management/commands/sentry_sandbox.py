from __future__ import annotations

import threading
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sentry_logs.sandbox import Sandbox, start_sandbox
from sentry_logs.sandbox.scenarios import Scenario

WORDS = """Sentry sandbox, {kind}, {events} events
  URL      {sandbox.url}
  org      {sandbox.org}
  project  {sandbox.project} ({sandbox.project_id})
  token    {sandbox.token}
  DSN      {sandbox.dsn}

Point the dashboard at it:
  SENTRY_URL={sandbox.url} SENTRY_ORG={sandbox.org} SENTRY_PROJECT={sandbox.project} \\
  SENTRY_AUTH_TOKEN={sandbox.token} python manage.py runserver

Stop with Ctrl-C.
"""


class Command(BaseCommand):
    help = "Run a stand-in for Sentry on 127.0.0.1, filled with demo events."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=9000, help="0 takes a free one (default 9000)")
        parser.add_argument("--seed", type=int, default=1, help="decides the demo data (default 1)")
        parser.add_argument("--old", action="store_true", help="behave like self-hosted Sentry 23.7.1")
        parser.add_argument("--limits", action="store_true", help="keep the rate limits of sentry.io")
        parser.add_argument("--empty", action="store_true", help="start without events")

    def handle(self, *args: Any, **options: Any) -> None:
        scenario = None if options["empty"] else Scenario(options["seed"], datetime.now(UTC))
        settings = {name: options[name] for name in ("port", "seed", "old", "limits")}
        try:
            with start_sandbox(scenario=scenario, **settings) as sandbox:
                self._announce(sandbox)
                threading.Event().wait()
        except OSError as error:
            raise CommandError(f"Port {options['port']} cannot be used: {error.strerror}.") from error
        except KeyboardInterrupt:
            self.stdout.write("Sandbox stopped.")

    def _announce(self, sandbox: Sandbox) -> None:
        kind = "like self-hosted 23.7.1" if sandbox.options.old else "like today's sentry.io"
        self.stdout.write(WORDS.format(sandbox=sandbox, kind=kind, events=len(sandbox.store)))
        self.stdout.flush()
