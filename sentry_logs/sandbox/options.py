from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(slots=True)
class Options:
    """How the sandbox behaves; every switch can be turned while it runs.

    `old` is a self-hosted 23.7.1, else today's sentry.io. `retention` is how long events can be found
    (None: forever). `global_views` allows several projects in one request. `members` are the projects
    seen when no `project` is given (None: all). `link_host` replaces the base of Link URLs.
    Without `discover` the organization lacks the feature, and the events endpoint is an empty 404.
    """

    old: bool = False
    retention: timedelta | None = timedelta(days=90)
    global_views: bool = False
    members: set[int] | None = None
    link_host: str | None = None
    discover: bool = True

    def is_member(self, project_id: int) -> bool:
        """Say whether the caller sees this project without naming it."""
        return self.members is None or project_id in self.members
