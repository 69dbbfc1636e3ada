from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

_ADDRESS = re.compile(r"(mailto:|https://|tel:)[!-~]+")


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


@register()
def customers_time_zone_exists(**kwargs: Any) -> list[CheckMessage]:
    if settings.CUSTOMER_TIME_ZONE in available_timezones():
        return []
    return [
        Error(
            f"There is no time zone “{settings.CUSTOMER_TIME_ZONE}”.",
            hint="Set CUSTOMER_TIME_ZONE to a name such as Europe/London.",
            id="dashboard.E005",
        )
    ]


@register(Tags.security)
def security_contact_is_an_address(**kwargs: Any) -> list[CheckMessage]:
    wrong = [text for text in settings.SECURITY_CONTACT if not _ADDRESS.fullmatch(text)]
    if not wrong:
        return []
    return [
        Error(
            "SECURITY_CONTACT has something that is no address.",
            hint="Write mailto:security@example.com, https://… or tel:+…; several are separated by commas.",
            id="dashboard.E002",
        )
    ]
