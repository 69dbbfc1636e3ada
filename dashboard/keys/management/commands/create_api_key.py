from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dashboard.keys.models import ApiKey

MOST_DAYS = 3_650


class Command(BaseCommand):
    help = "Make an API key and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="who will use the key, for example: reporting")
        parser.add_argument("--scope", choices=ApiKey.Scope.values, required=True)
        parser.add_argument(
            "--environment", default="", help="the only environment it is for; all if left out"
        )

        parser.add_argument("--days", type=int, help="how long it lets in; until revoked if left out")

    def handle(
        self, *args: Any, name: str, scope: str, environment: str, days: int | None, **options: Any
    ) -> None:
        name = name.strip()
        if not 0 < len(name) <= 100:
            raise CommandError("The name must have 1 to 100 characters.")
        if environment and environment not in settings.SENTRY_ENVIRONMENTS:
            raise CommandError(f"The environment must be one of: {', '.join(settings.SENTRY_ENVIRONMENTS)}.")
        if ApiKey.objects.filter(name=name).exists():
            raise CommandError(
                f"There is a key named {name} already. Revoke it in the admin, or choose another name."
            )
        if days is not None and not 0 < days <= MOST_DAYS:
            raise CommandError(f"The days must be 1 to {MOST_DAYS:,}.")
        until = None if days is None else timezone.now() + timedelta(days=days)
        _key, secret = ApiKey.create(name, scope, environment, until)
        self.stderr.write("Keep this key. It cannot be shown again.")
        self.stdout.write(secret)
