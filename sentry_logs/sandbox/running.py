from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sentry_logs.sandbox.app import SandboxApp
from sentry_logs.sandbox.faults import Faults
from sentry_logs.sandbox.limits import NEW_LIMITS, OLD_LIMITS, Limits
from sentry_logs.sandbox.options import Options
from sentry_logs.sandbox.requestlog import LoggedRequest, RequestLog
from sentry_logs.sandbox.server import Server
from sentry_logs.sandbox.store import EventStore, Project

if TYPE_CHECKING:
    from sentry_logs.sandbox.scenarios import Scenario

ORG = "acme"
TOKEN = "sntryi_sandbox0123456789abcdef0123456789abcdef"
PROJECTS = (
    Project(4505001, "receptionist", "Receptionist", "5ec0de00000000000000000000004501"),
    Project(4505002, "voice-workers", "Voice workers", "5ec0de00000000000000000000004502"),
)


class Sandbox:
    """A running sandbox: where it listens, who may ask it, what is in it, and its switches."""

    def __init__(self, seed: int, options: Options, limits_enabled: bool, port: int) -> None:
        self.org = ORG
        self.project = PROJECTS[0].slug
        self.project_id = PROJECTS[0].id
        self.token = TOKEN
        self.tokens: dict[str, set[str]] = {TOKEN: {"org:read", "project:read", "event:read"}}
        self.options = options
        self.limits = Limits(limits_enabled, dict(OLD_LIMITS if options.old else NEW_LIMITS))
        self.faults = Faults()
        self.store = EventStore(PROJECTS)
        self._log = RequestLog()
        self._app = SandboxApp(
            ORG, self.store, self.tokens, options, self.limits, self.faults, self._log, seed
        )
        self._server = Server(self._app, port)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.dsn = self.dsn_of(self.project)

    def dsn_of(self, slug: str) -> str:
        """Give the DSN of a project, usable by sentry_sdk.init."""
        project = next(project for project in PROJECTS if project.slug == slug)
        return f"{self.url.replace('://', f'://{project.key}@')}/{project.id}"

    @property
    def requests(self) -> list[LoggedRequest]:
        """List the requests that came so far, oldest first; each has method, path, query, headers, sent."""
        return self._log.all()

    def clear_requests(self) -> None:
        """Forget the requests that came so far."""
        self._log.clear()

    def add_event(
        self,
        *,
        correlation_id: str | None = None,
        level: str = "error",
        title: str | None = None,
        message: str | None = None,
        timestamp: datetime | None = None,
        environment: str | None = "production",
        transaction: str | None = None,
        tags: dict[str, str] | None = None,
        project: str | None = None,
        **more: Any,
    ) -> str:
        """Store one event and give its id.

        `title` of the form `Type: value` makes an exception, else it is the logged message; `more` are
        further keys of an SDK's event payload.
        """
        own = {} if correlation_id is None else {"correlation_id": correlation_id}
        data: dict[str, Any] = {
            "event_id": uuid.uuid4().hex,
            "timestamp": timestamp or datetime.now(UTC),
            "level": level,
            "environment": environment,
            "transaction": transaction,
            "platform": "python",
            "tags": own | (tags or {}),
        }
        data |= _text(title, message) | more
        return self.store.add(data, self._number(project), long_keys=not self.options.old).id

    def _number(self, project: str | None) -> int:
        slug = project or self.project
        return next(row.id for row in PROJECTS if slug in (row.slug, str(row.id)))

    def add_log(
        self,
        *,
        correlation_id: str | None = None,
        level: str = "info",
        message: str = "Something was logged",
        timestamp: datetime | None = None,
        environment: str | None = "production",
        attributes: dict[str, Any] | None = None,
        trace_id: str | None = None,
        project: str | None = None,
    ) -> str:
        """Store one structured log line and give its id; `level` is Sentry's: "warn", not "warning"."""
        named = {"correlation_id": correlation_id, "sentry.environment": environment, **(attributes or {})}
        item = {
            "timestamp": timestamp or datetime.now(UTC),
            "level": level,
            "body": message,
            "trace_id": trace_id,
            "attributes": {name: {"value": value} for name, value in named.items() if value is not None},
        }
        return self.store.logs.add(item, self._number(project)).id

    def start(self) -> None:
        """Begin to listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening; requests that hang are let go."""
        self.faults.clear()
        self._server.stop()


def _text(title: str | None, message: str | None) -> dict[str, Any]:
    kind, colon, value = (title or "").partition(": ")
    if colon and kind.isidentifier():
        body: dict[str, Any] = {"exception": {"values": [{"type": kind, "value": value}]}}
        return body | ({"logentry": {"formatted": message}} if message else {})
    return {"logentry": {"formatted": message or title or "Something happened"}}


@contextmanager
def start_sandbox(
    port: int = 0,
    seed: int | None = None,
    scenario: Scenario | None = None,
    old: bool = False,
    limits: bool = False,
    **options: Any,
) -> Iterator[Sandbox]:
    """Run a sandbox on 127.0.0.1 for the length of a `with` block.

    Empty unless a scenario is given; port 0 takes a free one, a port in use is an OSError. `old` makes it
    a self-hosted 23.7.1, `limits` turns the rate limits of sentry.io on, `seed` decides the order that
    questions leave open; further options are those of `Options`.
    """
    sandbox = Sandbox(seed or 0, Options(old=old, **options), limits, port)
    if scenario is not None:
        sandbox.store.add_many((event, event["project"]) for event in scenario.events())
        for item in scenario.logs():
            sandbox.store.logs.add(item, item["project"])
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()
