from __future__ import annotations

from django.apps import AppConfig


class SentryLogsConfig(AppConfig):
    name = "sentry_logs"
    verbose_name = "Sentry"

    def ready(self) -> None:
        from sentry_logs import checks  # noqa: F401  registers the system checks
