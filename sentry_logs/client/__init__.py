"""A client for the part of Sentry's REST API that reads events. It knows no Django."""

from __future__ import annotations

from sentry_logs.client.client import SentryClient
from sentry_logs.client.config import SentryConfig
from sentry_logs.client.exceptions import (
    SentryBadQuery,
    SentryConfigError,
    SentryError,
    SentryForbidden,
    SentryNoProject,
    SentryNotFound,
    SentryOverloaded,
    SentryProtocolError,
    SentryRateLimited,
    SentryRedirected,
    SentryRefused,
    SentryServerError,
    SentryTimeout,
    SentryUnauthorized,
    SentryUnreachable,
    SentryUnsupported,
)
from sentry_logs.client.meter import Usage, metered
from sentry_logs.client.pagination import usable_cursor
from sentry_logs.client.query import LEVELS, SearchQuery
from sentry_logs.client.schemas import (
    Page,
    Project,
    ProjectEvent,
    ProjectEventsPage,
    RateLimit,
    parse_moment,
)
from sentry_logs.client.transport import MAX_TARGET
from sentry_logs.client.values import RefusedValue

__all__ = [
    "LEVELS",
    "MAX_TARGET",
    "Page",
    "Project",
    "ProjectEvent",
    "ProjectEventsPage",
    "RateLimit",
    "RefusedValue",
    "SearchQuery",
    "SentryBadQuery",
    "SentryClient",
    "SentryConfig",
    "SentryConfigError",
    "SentryError",
    "SentryForbidden",
    "SentryNoProject",
    "SentryNotFound",
    "SentryOverloaded",
    "SentryProtocolError",
    "SentryRateLimited",
    "SentryRedirected",
    "SentryRefused",
    "SentryServerError",
    "SentryTimeout",
    "SentryUnauthorized",
    "SentryUnreachable",
    "SentryUnsupported",
    "Usage",
    "metered",
    "parse_moment",
    "usable_cursor",
]
