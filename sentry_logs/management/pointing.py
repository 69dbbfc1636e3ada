from __future__ import annotations

from typing import Any

from sentry_logs.sandbox import Sandbox


def point_at(sandbox: Sandbox, settings: Any) -> None:
    """Let the dashboard ask a sandbox; nothing else tells the two apart from production."""
    settings.SENTRY_URL = sandbox.url
    settings.SENTRY_ORG = sandbox.org
    settings.SENTRY_PROJECTS = (sandbox.project,)
    settings.SENTRY_AUTH_TOKEN = sandbox.token
