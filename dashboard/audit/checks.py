"""System checks: what is wrong with the settings of the trail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from dashboard.audit.triggers import SHORTEST_RETENTION_DAYS


@register
def retention_is_long_enough(**kwargs: Any) -> list[CheckMessage]:
    if settings.AUDIT_RETENTION_DAYS >= SHORTEST_RETENTION_DAYS:
        return []
    return [
        Error(
            f"AUDIT_RETENTION_DAYS: The audit trail is kept for {SHORTEST_RETENTION_DAYS} days at least.",
            id="dashboard.E010",
        )
    ]
