from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def secret_key_is_set(**kwargs: Any) -> list[CheckMessage]:
    if settings.SECRET_KEY != settings.INSECURE_SECRET_KEY:
        return []
    return [
        Error(
            "SECRET_KEY is the one for development.",
            hint="Set SECRET_KEY to a long random text.",
            id="dashboard.E001",
        )
    ]


@register(Tags.caches, deploy=True)
def cache_is_shared(**kwargs: Any) -> list[CheckMessage]:
    if "locmem" not in settings.CACHES["default"]["BACKEND"]:
        return []
    return [
        Warning(
            "Each process keeps its own cache, so each asks Sentry for itself.",
            hint="With several processes, set CACHE_URL to Redis or to Django's database cache.",
            id="dashboard.W001",
        )
    ]
