from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from dashboard.calls.vocabulary import Platform
from dashboard.ingest.secrets import environments_with, unpaired


@register(Tags.security)
def public_url_is_usable(**kwargs: Any) -> list[CheckMessage]:
    """Twilio signs the address it sent to, so we must know the one that it knows."""
    if is_usable(settings.PUBLIC_URL) or not (settings.PUBLIC_URL or environments_with(Platform.TWILIO)):
        return []
    problem = "is not an address" if settings.PUBLIC_URL else "is not set, but Twilio's webhooks need it"
    hint = "Set it to how the outside reaches the dashboard, such as https://calls.example.com."
    return [Error(f"PUBLIC_URL {problem}.", hint=hint, id="ingest.E001")]


@register(Tags.security)
def secrets_are_complete(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{name} is not set, but its other half is.", hint="Set both or none.", id="ingest.E002")
        for name in unpaired()
    ]


@register(Tags.security)
def secrets_are_printable(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{name} has characters that no secret has.",
            hint="Copy it again, without spaces or line breaks.",
            id="ingest.E003",
        )
        for name, secret in settings.WEBHOOK_SECRETS.items()
        if not (secret.isascii() and secret.isprintable() and " " not in secret)
    ]


def is_usable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    has_extras = parts.query or parts.fragment or parts.username is not None
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not has_extras
