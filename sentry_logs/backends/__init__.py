"""The ways of asking Sentry, chosen by name."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from sentry_logs.answers import BackendName
from sentry_logs.backends.base import Filters, Found, LogsBackend, can_be_asked
from sentry_logs.backends.discover import DiscoverBackend
from sentry_logs.backends.project_events import ProjectEventsBackend
from sentry_logs.client import SentryClient, SentryConfig

__all__ = ["Filters", "Found", "LogsBackend", "can_be_asked", "configured_client", "get_backend", "origin"]


def get_backend(name: BackendName) -> LogsBackend:
    client = configured_client()
    if name == "project_events":
        return ProjectEventsBackend(client, settings.SENTRY_CORRELATION_TAG)
    return DiscoverBackend(client, settings.SENTRY_CORRELATION_TAG, settings.SENTRY_ENVIRONMENTS)


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
