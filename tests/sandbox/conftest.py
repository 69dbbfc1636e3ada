from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from sentry_logs.sandbox import Sandbox, start_sandbox

NOW = datetime.now(UTC).replace(microsecond=0)


class Door:
    """Ask a sandbox over its socket, as any client would."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {sandbox.token}"

    def get(self, path: str, **params: Any) -> requests.Response:
        pairs = [(key, one) for key, value in params.items() for one in several(value)]
        return self.session.get(self.sandbox.url + path, params=pairs, timeout=5, allow_redirects=False)

    def events(self, **params: Any) -> requests.Response:
        dataset = "discover" if self.sandbox.options.old else "errors"
        asked = {"project": self.sandbox.project_id, "dataset": dataset, "field": "title"} | params
        given = {key: value for key, value in asked.items() if value is not None}
        return self.get(f"/api/0/organizations/{self.sandbox.org}/events/", **given)

    def rows(self, **params: Any) -> list[dict[str, Any]]:
        answer = self.events(**params)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def titles(self, query: str, **params: Any) -> list[str]:
        return sorted(row["title"] for row in self.rows(query=query, **params))

    def refusal(self, **params: Any) -> str:
        answer = self.events(**params)
        assert answer.status_code == 400, answer.text
        return answer.json()["detail"]


def several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[Sandbox, Sandbox]]:
    """A new and an old server, shared by the tests; each test finds them empty."""
    with start_sandbox() as new, start_sandbox(old=True) as old:
        yield new, old


@pytest.fixture
def sandbox(servers: tuple[Sandbox, Sandbox]) -> Iterator[Sandbox]:
    yield from emptied(servers[0])


@pytest.fixture
def old_sandbox(servers: tuple[Sandbox, Sandbox]) -> Iterator[Sandbox]:
    yield from emptied(servers[1])


def emptied(sandbox: Sandbox) -> Iterator[Sandbox]:
    tokens, options = dict(sandbox.tokens), replace(sandbox.options)
    sandbox.store.clear()
    sandbox.clear_requests()
    yield sandbox
    sandbox.faults.clear()
    sandbox.limits.enabled = False
    sandbox.tokens.clear()
    sandbox.tokens.update(tokens)
    for name in options.__slots__:
        setattr(sandbox.options, name, getattr(options, name))


@pytest.fixture(scope="session")
def doors(servers: tuple[Sandbox, Sandbox]) -> tuple[Door, Door]:
    return Door(servers[0]), Door(servers[1])


@pytest.fixture
def door(sandbox: Sandbox, doors: tuple[Door, Door]) -> Door:
    return doors[0]


@pytest.fixture
def old_door(old_sandbox: Sandbox, doors: tuple[Door, Door]) -> Door:
    return doors[1]


@pytest.fixture(params=["new", "old"])
def any_door(request: pytest.FixtureRequest) -> Door:
    """The same expectation against today's server and against 23.7.1."""
    return request.getfixturevalue("door" if request.param == "new" else "old_door")
