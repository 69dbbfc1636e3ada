from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any, Unpack

from sentry_logs.client.cells import row_of
from sentry_logs.client.config import SentryConfig
from sentry_logs.client.deadline import Deadline
from sentry_logs.client.exceptions import (
    SentryError,
    SentryNoProject,
    SentryNotFound,
    SentryProtocolError,
    SentryRefused,
    SentryUnsupported,
)
from sentry_logs.client.links import event_link, logs_link
from sentry_logs.client.pagination import parse_link
from sentry_logs.client.projects import ProjectDirectory, naming_the_project
from sentry_logs.client.questions import LOGS, Asked, EventsQuestion, check_cursor, cursor_param
from sentry_logs.client.reply import Reply
from sentry_logs.client.schemas import (
    EventsBody,
    Page,
    Project,
    ProjectEvent,
    ProjectEventsPage,
    RateLimit,
    shaped,
)
from sentry_logs.client.transport import Transport

NO_DATASET = "dataset must be one of"
UNSUPPORTED_SECONDS = 3600
"""How long a server's "no such dataset" is believed before it is asked again."""

_SAFE = re.compile(r"[A-Za-z0-9_-]{1,100}")


NO_EVENT = "Sentry does not have this event any more."
NO_EVENT_HINT = "Events are deleted when they are too old, or with their issue."


class SentryClient:
    """Reads events from Sentry's REST API: sentry.io today, self-hosted servers from 23.7.1 on.

    One a process, shared by its threads. Every method that asks Sentry takes at most `config.timeout`
    seconds, look-ups, retry and change of dataset included, and raises SentryError. Wrong arguments are a
    ValueError before any request.
    """

    def __init__(self, config: SentryConfig) -> None:
        self.config = config
        self._transport = Transport(config)
        self._projects = ProjectDirectory(config.projects, self._lookup)
        self._dataset = "errors"
        self._no_logs_until = 0.0

    def __repr__(self) -> str:
        return f"SentryClient({self.config.url!r}, {self.config.org!r})"

    @property
    def dataset(self) -> str:
        """The dataset that the server knows: "errors", or "discover" once it has refused the first."""
        return self._dataset

    @property
    def clock_offset(self) -> float:
        """Seconds by which Sentry's clock is ahead of ours, as its last answer said; 0 for a few."""
        return self._transport.clock_offset

    def events(self, **asked: Unpack[Asked]) -> Page:
        """One page of the organization's events, at most 100 rows, of all configured projects together.

        An unknown name in `environments` is a 404: prefer a condition of the
        query. More than one project needs an organization with "global views".
        Source: https://docs.sentry.io/api/explore/query-explore-events-in-table-format/
        """
        question = EventsQuestion(**asked)
        return _page(self._ask(question, Deadline(self.config.timeout)), question.fields)

    def logs(self, **asked: Unpack[Asked]) -> Page:
        """One page of structured log lines (dataset "logs"), otherwise like `events`.

        SentryUnsupported where the server has no such dataset, which is remembered for an hour.
        `timestamp_precise` is text or a number, in nanoseconds; a missing attribute is None.
        Source: https://docs.sentry.io/api/explore/query-explore-events-in-table-format/
        """
        question = EventsQuestion(**asked)
        if time.monotonic() < self._no_logs_until:
            raise SentryUnsupported
        try:
            reply = self._get(question, LOGS, Deadline(self.config.timeout))
        except (SentryRefused, SentryNotFound) as error:
            known = NO_DATASET in error.detail
            if not known and (error.detail or isinstance(error, SentryRefused)):
                raise
            # An empty 404 may be a feature that is off, or a proxy's mistake: said, but not remembered.
            self._no_logs_until = time.monotonic() + UNSUPPORTED_SECONDS if known else 0.0
            raise SentryUnsupported(status=error.status, detail=error.detail) from None
        return _page(reply, question.fields)

    def project_events(self, *, project: str | None = None, cursor: str | None = None) -> ProjectEventsPage:
        """The last 100 events of one project, by default the first configured one; newest first.

        Source: https://docs.sentry.io/api/events/list-a-projects-error-events/
        """
        _check_safe(project or self.config.projects[0])
        check_cursor(cursor)
        deadline = Deadline(self.config.timeout)
        slug = self._projects.slug(project, deadline)
        path = f"projects/{self.config.org}/{slug}/events/"
        reply = self._transport.get(path, cursor_param(cursor), deadline)
        data = reply.json()
        if not isinstance(data, list):
            raise SentryProtocolError(status=200)
        items = [item for item in data if isinstance(item, dict)]
        return ProjectEventsPage(
            events=tuple(ProjectEvent.from_item(item) for item in items),
            next_cursor=parse_link(reply.headers.get("Link")).next,
            bytes=len(reply.body),
            skipped=len(data) - len(items),
        )

    def project(self, slug_or_id: str) -> Project:
        """A project by its slug, or by its number where the server is newer than 23.7.1.

        Needs project:read. Source: https://docs.sentry.io/api/projects/retrieve-a-project/
        """
        return self._lookup(slug_or_id, Deadline(self.config.timeout))

    def projects(self) -> tuple[Project, ...]:
        """The configured projects; slugs are resolved once, a number stays as it is with slug ""."""
        return self._projects.all(Deadline(self.config.timeout))

    def event(self, project_slug: str, event_id: str) -> dict[str, Any]:
        """The whole event as Sentry's JSON object. Undocumented by Sentry; needs org:read.

        Source: Sentry 23.7.1, api/endpoints/organization_event_details.py.
        """
        event = event_id.replace("-", "")
        if not _SAFE.fullmatch(project_slug) or not re.fullmatch(r"[0-9a-fA-F]{32}", event):
            raise ValueError("This is not a project and event id.")
        path = f"organizations/{self.config.org}/events/{project_slug}:{event}/"
        try:
            data = self._transport.get(path, (), Deadline(self.config.timeout)).json()
        except SentryNotFound as error:
            raise error.reworded(NO_EVENT, NO_EVENT_HINT) from None
        if not isinstance(data, dict):
            raise SentryProtocolError(status=200)
        return data

    def permalink(self, *, event_id: str, issue_id: str | None, project_slug: str | None) -> str | None:
        """The address of an event in Sentry's own pages, or None; asks nobody."""
        return event_link(self.config, event_id=event_id, issue_id=issue_id, project_slug=project_slug)

    def logs_permalink(self, correlation_id: str) -> str:
        """The address of the log lines of one id in Sentry's own pages; asks nobody."""
        return logs_link(self.config, correlation_id)

    def close(self) -> None:
        """Close the idle connections."""
        self._transport.close()

    def _ask(self, question: EventsQuestion, deadline: Deadline) -> Reply:
        dataset = self._dataset
        try:
            return self._get(question, dataset, deadline)
        except SentryRefused as error:
            if dataset != "errors" or NO_DATASET not in error.detail:
                raise
        # 23.7.1 has no dataset of errors alone.
        self._dataset = "discover"
        return self._get(question, "discover", deadline)

    def _get(self, question: EventsQuestion, dataset: str, deadline: Deadline) -> Reply:
        projects = [project.id for project in self._projects.all(deadline)]
        path = f"organizations/{self.config.org}/events/"
        return self._transport.get(path, question.params(dataset, projects), deadline)

    def _lookup(self, name: str, deadline: Deadline) -> Project:
        _check_safe(name)
        try:
            reply = self._transport.get(f"projects/{self.config.org}/{name}/", (), deadline)
        except SentryError as error:
            raise naming_the_project(error, name) from None
        return shaped(Project, reply.json())


def _page(reply: Reply, fields: Sequence[str]) -> Page:
    body = shaped(EventsBody, reply.json())
    if "at least one valid project" in body.tip:
        raise SentryNoProject(status=200, detail=body.tip)
    items = [item for item in body.data if isinstance(item, dict)]
    links = parse_link(reply.headers.get("Link"))
    return Page(
        rows=tuple(row_of(item, fields) for item in items),
        next_cursor=links.next,
        previous_cursor=links.previous,
        rate_limit=RateLimit.from_headers(reply.headers),
        bytes=len(reply.body),
        skipped=len(body.data) - len(items),
    )


def _check_safe(name: str) -> None:
    if not _SAFE.fullmatch(name):
        raise ValueError("This is not the short name or number of a project.")
