from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.keys.models import ApiKey


class Command(BaseCommand):
    help = "Make an API key and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="who will use the key, for example: reporting")
        parser.add_argument("--scope", choices=ApiKey.Scope.values, required=True)

    def handle(self, *args: Any, name: str, scope: str, **options: Any) -> None:
        name = name.strip()
        if not 0 < len(name) <= 100:
            raise CommandError("The name must have 1 to 100 characters.")
        if ApiKey.objects.filter(name=name).exists():
            raise CommandError(
                f"There is a key named {name} already. Revoke it in the admin, or choose another name."
            )
        _key, secret = ApiKey.create(name, scope)
        self.stderr.write("Keep this key. It cannot be shown again.")
        self.stdout.write(secret)
