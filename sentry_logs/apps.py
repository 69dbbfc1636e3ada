from __future__ import annotations

from django.apps import AppConfig


class SentryLogsConfig(AppConfig):
    name = "sentry_logs"
    verbose_name = "Sentry"
