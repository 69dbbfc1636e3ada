"""The one place that reads the feature flag."""

from __future__ import annotations

from django.http import HttpRequest
from waffle import flag_is_active

from sentry_logs.answers import BackendName

USE_DISCOVER_API = "use_discover_api"


def backend_for(request: HttpRequest) -> BackendName:
    """Return the way of asking Sentry that the flag chooses for this request."""
    return "discover" if flag_is_active(request, USE_DISCOVER_API) else "project_events"
