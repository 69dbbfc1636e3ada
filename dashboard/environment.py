"""The environment a person looks at: production, staging, or all of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from sentry_logs.answers import ALL_ENVIRONMENTS

SESSION_KEY = "environment"
THEMES = ("light", "dark")


def choices() -> list[tuple[str, str]]:
    return [*((name, _label(name)) for name in settings.SENTRY_ENVIRONMENTS), (ALL_ENVIRONMENTS, "All")]


def is_known(name: str) -> bool:
    return name == ALL_ENVIRONMENTS or name in settings.SENTRY_ENVIRONMENTS


def read(request: HttpRequest) -> str:
    """Return what the session remembers, or all environments for one that is no longer configured."""
    name = str(request.session.get(SESSION_KEY, ALL_ENVIRONMENTS))
    return name if is_known(name) else ALL_ENVIRONMENTS


def remember(request: HttpRequest, name: str) -> None:
    if request.session.get(SESSION_KEY) != name:
        request.session[SESSION_KEY] = name


def context(request: HttpRequest) -> dict[str, Any]:
    """Template variables of every page: the switcher and the theme."""
    name = getattr(request, "environment", ALL_ENVIRONMENTS)
    theme = request.COOKIES.get(f"{settings.COOKIE_PREFIX}theme", "")
    return {
        "environment": name,
        "environment_label": dict(choices()).get(name, name),
        "environments": choices(),
        "theme": theme if theme in THEMES else "auto",
    }


def _label(name: str) -> str:
    return name[:1].upper() + name[1:]
