"""Whether there is room to keep what comes in: what administrators are told before and when there is none."""

from __future__ import annotations

import os
import time
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from dashboard import database_file
from dashboard.people.rights import may
from dashboard.people.roles import ADMINISTER
from sentry_logs import cache

LOW_BYTES = 500 * 1024 * 1024
REMEMBERED_SECONDS = 120
_KEY = cache.key_for("a database that cannot save")


def remember(trouble: str) -> None:
    """Note that something could not be saved, for the pages of all processes."""
    if trouble in ("full", "read-only"):
        cache.keep({_KEY: (time.time(), trouble)})


def context(request: HttpRequest) -> dict[str, Any]:
    """Template variable of every page: `storage_warning`, for those who can do something about it."""
    # A request that is refused early has nobody yet.
    user = getattr(request, "user", AnonymousUser())
    return {"storage_warning": lambda: warning() if may(user, ADMINISTER) else ""}


def warning() -> str:
    """Return what is wrong with the room for data, in words, or nothing."""
    at, trouble = cache.glance(_KEY) or (0.0, "")
    if time.time() - at < REMEMBERED_SECONDS:
        if trouble == "full":
            return "There is no room left for data: nothing that comes in can be stored. Make room now."
        return "The database takes no changes: nothing that comes in can be stored."
    free = _free_bytes()
    if free is not None and free < LOW_BYTES:
        return f"Only {free // 1024**2:,} MB are left where the database is. Make room soon."
    return ""


def _free_bytes() -> int | None:
    """Return how much the disk of a SQLite file can take; another database's disk is not ours to see."""
    file = database_file.path()
    try:
        disk = os.statvfs(file.parent) if file else None
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize if disk else None
