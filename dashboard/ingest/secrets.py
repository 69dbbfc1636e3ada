"""Which secrets sign the webhooks of a platform in an environment.

A variable such as RETELL_API_KEY is for every environment; RETELL_API_KEY_STAGING, where it is set, takes
its place in staging. Either may have a second one, with _NEXT at the end, that is as good while one is
replaced by the other. A platform without a secret is off.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.conf import settings

from dashboard.calls.vocabulary import Platform
from dashboard.ingest.platforms.base import Secret

VARIABLES: dict[Platform, tuple[str, ...]] = {
    Platform.VAPI: ("VAPI_WEBHOOK_SECRET",),
    Platform.RETELL: ("RETELL_API_KEY",),
    Platform.TWILIO: ("TWILIO_AUTH_TOKEN",),
    Platform.ELEVENLABS: ("ELEVENLABS_WEBHOOK_SECRET",),
    Platform.LIVEKIT: ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"),
}
"""The variables of one secret; the last one is what signs, the one before it names it."""
NEXT = "_NEXT"


def secrets_for(platform: Platform, environment: str) -> list[Secret]:
    """Return the secrets of which any may have signed; none when the platform is off here."""
    own = _usable(platform, _suffix(environment))
    return own or _usable(platform, "")


def missing(platform: Platform, environment: str) -> list[str]:
    """Return the names of the variables that must be set to turn the platform on."""
    names = VARIABLES[platform]
    own = [name + _suffix(environment) for name in names]
    if any(name in settings.WEBHOOK_SECRETS for name in own):
        return [name for name in own if name not in settings.WEBHOOK_SECRETS]
    return [name for name in names if name not in settings.WEBHOOK_SECRETS]


def environments_with(platform: Platform) -> list[str]:
    return [name for name in settings.SENTRY_ENVIRONMENTS if secrets_for(platform, name)]


def unpaired() -> list[str]:
    """Return the variables that are not set although their other half is."""
    return [
        name + ending
        for names in VARIABLES.values()
        for ending in _endings()
        if any(other + ending in settings.WEBHOOK_SECRETS for other in names)
        for name in names
        if name + ending not in settings.WEBHOOK_SECRETS
    ]


def _usable(platform: Platform, suffix: str) -> list[Secret]:
    found = (_secret(VARIABLES[platform], suffix + ending) for ending in ("", NEXT))
    return [secret for secret in found if secret is not None]


def _secret(names: Sequence[str], ending: str) -> Secret | None:
    values = [settings.WEBHOOK_SECRETS.get(name + ending, "") for name in names]
    if not all(values):
        return None
    return Secret(text=values[-1], key=values[0] if len(values) > 1 else "")


def _suffix(environment: str) -> str:
    return "_" + re.sub("[^A-Z0-9]", "_", environment.upper())


def _endings() -> list[str]:
    own = [_suffix(environment) for environment in settings.SENTRY_ENVIRONMENTS]
    return [suffix + ending for suffix in ("", *own) for ending in ("", NEXT)]
