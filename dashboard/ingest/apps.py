from __future__ import annotations

from django.apps import AppConfig


class IngestConfig(AppConfig):
    name = "dashboard.ingest"
    label = "ingest"
    verbose_name = "Calls coming in"

    def ready(self) -> None:
        from dashboard.ingest import checks  # noqa: F401  registers the system checks
