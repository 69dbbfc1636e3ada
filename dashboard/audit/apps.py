from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "dashboard.audit"
    label = "audit"
    verbose_name = "Audit trail"

    def ready(self) -> None:
        from dashboard.audit import checks, signals, watching  # noqa: F401  the checks register themselves

        signals.connect()
        watching.connect()

        post_migrate.connect(_guard, sender=self)


def _guard(using: str, plan: Any = (), **kwargs: Any) -> None:
    """SQLite makes a changed table anew, without its triggers."""
    from dashboard.audit import triggers

    connection = connections[using]
    if "audit_seal" in connection.introspection.table_names() and triggers.missing(connection):
        triggers.install(connection)
