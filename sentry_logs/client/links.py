from __future__ import annotations

import re
from urllib.parse import urlencode

from sentry_logs.client.config import SentryConfig
from sentry_logs.client.values import quoted

_EVENT = re.compile(r"[0-9a-fA-F]{32}")
_ISSUE = re.compile(r"[1-9][0-9]{0,19}")
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,100}")


def event_link(
    config: SentryConfig, *, event_id: str, issue_id: str | None, project_slug: str | None
) -> str | None:
    """The address of an event in Sentry's own pages; None when it cannot be known.

    The issue is the better way in; an event without one is found through its project. Pages are never on
    a region host. Source: Sentry 23.7.1, web/urls.py.
    """
    event = event_id.replace("-", "")
    if not _EVENT.fullmatch(event):
        return None
    if issue_id and _ISSUE.fullmatch(issue_id):
        return f"{_pages(config)}/issues/{issue_id}/events/{event}/"
    if project_slug and _SLUG.fullmatch(project_slug):
        return f"{_pages(config)}/projects/{project_slug}/events/{event}/"
    return None


def logs_link(config: SentryConfig, correlation_id: str) -> str:
    """The address of the log lines that carry an id, over the 30 days that Sentry keeps them.

    Source: https://docs.sentry.io/product/explore/logs/.
    """
    asked = {
        "logsQuery": f"{config.correlation_tag}:{quoted(correlation_id)}",
        "project": "-1",
        "statsPeriod": "30d",
    }
    return f"{_pages(config)}/explore/logs/?{urlencode(asked)}"


def _pages(config: SentryConfig) -> str:
    if config.host == "sentry.io" or config.host.endswith(".sentry.io"):
        return f"https://{config.org}.sentry.io"
    return f"{config.url}/organizations/{config.org}"
