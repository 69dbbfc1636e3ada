from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sentry_logs.services.check import check_sentry


class Command(BaseCommand):
    help = "Ask the configured Sentry and say in plain words what works and what does not."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for finding in check_sentry():
            failed += not finding.ok
            style = self.style.SUCCESS if finding.ok else self.style.ERROR
            self.stdout.write(
                style("works  " if finding.ok else "FAILS  ") + f"{finding.subject}: {finding.words}"
            )
            if finding.hint:
                self.stdout.write(f"       {finding.hint}")
        if failed:
            raise CommandError("The dashboard cannot use this Sentry as it is set up.")
