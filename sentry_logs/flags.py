"""The one place that reads the feature flag."""

from __future__ import annotations

from django.http import HttpRequest
from waffle import flag_is_active, get_waffle_flag_model

from sentry_logs.answers import BackendName
from sentry_logs.backends import WAYS

USE_DISCOVER_API = "use_discover_api"


def backend_for(request: HttpRequest) -> BackendName:
    """Return the way of asking Sentry that the flag chooses for this request."""
    if len(WAYS) == 1 or flag_is_active(request, USE_DISCOVER_API):
        return "discover"
    return "project_events"


def flag_in_words() -> str:
    """Say for whom the new way is on, as the admin has set it."""
    flag = get_waffle_flag_model().objects.filter(name=USE_DISCOVER_API).first()
    if flag is None or flag.everyone:
        return "on for everyone"
    if flag.everyone is False:
        return "off for everyone"
    parts = [f"{flag.percent.normalize():f}% of people"] if flag.percent else []
    parts += ["administrators"] if flag.staff or flag.superusers else []
    parts += [f"the group {group.name}" for group in flag.groups.order_by("name")]
    people = flag.users.count()
    parts += [f"{people:,} chosen {'person' if people == 1 else 'people'}"] if people else []
    return f"on for {', '.join(parts)}" if parts else "on for nobody"
