from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import pre_migrate


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        from dashboard import checks, database_file  # noqa: F401  both register themselves

        pre_migrate.connect(_give_migrations_time)


def _give_migrations_time(using: str, **kwargs: Any) -> None:
    """Let an index over a million calls take its time; waiting for a lock still ends after two seconds."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
