from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sentry_logs.services.check import check_sentry
from sentry_logs.services.findings import MISCONFIGURED, Finding, as_json, exit_status

LABELS = {"ok": "works ", "failed": "FAILS ", "unknown": "unsure"}


class Command(BaseCommand):
    help = (
        "Ask the configured Sentry and say in plain words what works and what does not. "
        "Ends with 0 when all is fine, 1 when something fails, 2 when the settings are wrong."
    )
    # Its own first finding says more about the settings than the system checks would.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")

    def handle(self, *args: Any, **options: Any) -> None:
        began = datetime.now(UTC)
        findings = []
        for finding in check_sentry():
            findings.append(finding)
            if not options["json"]:
                self._say(finding)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(findings, began), indent=2))
        if status := exit_status(findings):
            wrong = "The settings are wrong." if status == MISCONFIGURED else "Not everything works."
            raise CommandError(wrong, returncode=status)

    def _say(self, finding: Finding) -> None:
        style = {"ok": self.style.SUCCESS, "failed": self.style.ERROR}.get(finding.state, self.style.WARNING)
        self.stdout.write(f"{style(LABELS[finding.state])} {finding.subject}: {finding.words}")
        if finding.hint:
            self.stdout.write(f"       {finding.hint}")
