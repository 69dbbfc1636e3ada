"""The ways of asking Sentry, chosen by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from sentry_logs.answers import BackendName
from sentry_logs.backends.base import Filters, Found, LogsBackend, can_be_asked
from sentry_logs.backends.walking import WALK_SECONDS
from sentry_logs.client import SentryClient, SentryConfig

__all__ = [
    "WALK_SECONDS",
    "WAYS",
    "Filters",
    "Found",
    "LogsBackend",
    "can_be_asked",
    "clock_offset",
    "configured_client",
    "get_backend",
    "origin",
]

# By dotted path: to remove a way, delete its file and its line.
WAYS: dict[BackendName, str] = {
    "discover": "sentry_logs.backends.discover.configured",
    "project_events": "sentry_logs.backends.project_events.configured",
}


def get_backend(name: BackendName) -> LogsBackend:
    make: Callable[[SentryClient], LogsBackend] = import_string(WAYS[name])
    return make(configured_client())


def configured_client() -> SentryClient:
    """Return the one client for the present settings; raises SentryConfigError when they are wrong."""
    return _client(
        SentryConfig(
            url=settings.SENTRY_URL,
            org=settings.SENTRY_ORG,
            projects=tuple(settings.SENTRY_PROJECTS),
            token=settings.SENTRY_AUTH_TOKEN,
            timeout=settings.SENTRY_TIMEOUT,
            correlation_tag=settings.SENTRY_CORRELATION_TAG,
        )
    )


def clock_offset() -> float:
    """Return by how many seconds Sentry's clock is ahead of ours."""
    return configured_client().clock_offset


def origin() -> tuple[str, ...]:
    """Name where answers come from, so that no cache entry outlives a change of the settings."""
    return (
        settings.SENTRY_URL,
        settings.SENTRY_ORG,
        *settings.SENTRY_PROJECTS,
        settings.SENTRY_CORRELATION_TAG,
    )


@lru_cache(maxsize=4)
def _client(config: SentryConfig) -> SentryClient:
    return SentryClient(config)
