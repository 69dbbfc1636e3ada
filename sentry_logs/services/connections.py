from __future__ import annotations

from django.db import connections


def let_go() -> None:
    """Give this thread's pooled connections back, since others shall not queue while it waits for Sentry."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["OPTIONS"].get("pool") and not connection.in_atomic_block:
            connection.close()
