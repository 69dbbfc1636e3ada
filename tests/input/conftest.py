from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings

from dashboard.application import Application
from dashboard.calls.models import Call
from dashboard.ingest import refusals
from dashboard.keys import refusing
from dashboard.keys.models import ApiKey
from tests.factories import make_call
from tests.input.asking import Answer, Asker, OneLineEach, broken_rules, told
from tests.input.tally import tried

T = TypeVar("T")
TIMES = 10 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 1
"""How many times the usual number of inputs is generated; the long run also takes other ones each time."""

Case = tuple[str, str, dict[str, object]]
"""What is tried, as a person would write it down, the target on the wire, and what else the request has."""


def generated(examples: int, **more: object) -> settings:
    """Return how many inputs hypothesis makes up, the same ones in each run but the long one."""
    unhelpful = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples * TIMES,
        deadline=None,
        derandomize=TIMES == 1,
        database=None,
        suppress_health_check=unhelpful,
        **more,
    )


@pytest.fixture(autouse=True)
def lines() -> Iterator[OneLineEach]:
    """Whatever was put in, each event of the log is one line."""
    handler = OneLineEach()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    assert not handler.torn


@pytest.fixture(scope="session")
def application() -> Application:
    return Application()


@pytest.fixture
def nobody(application, db) -> Asker:
    return Asker(application)


@pytest.fixture
def support(application, support_client) -> Asker:
    return _of(application, support_client)


@pytest.fixture
def admin(application, admin_client) -> Asker:
    return _of(application, admin_client)


@pytest.fixture
def reader(application, db) -> Asker:
    return _with_key(application, "read")


@pytest.fixture
def sender(application, db) -> Asker:
    return _with_key(application, "ingest")


def _of(application: Application, client: Client) -> Asker:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return Asker(application, {"Cookie": cookies})


def _with_key(application: Application, scope: str) -> Asker:
    _key, secret = ApiKey.create(f"{scope}s", scope)
    return Asker(application, {"Authorization": f"Bearer {secret}"})


@pytest.fixture
def call(db) -> Call:
    return make_call(platform_call_id="call-1", started_at=datetime.now(UTC) - timedelta(minutes=3))


@pytest.fixture
def sentry(sandbox, settings):
    """A Sentry with one event of one call, asked once a question."""
    settings.SENTRY_LOGS = False
    settings.SENTRY_PROJECTS = (str(sandbox.project_id),)
    sandbox.add_event(correlation_id="call-1", title="Known", timestamp=datetime.now(UTC))
    return sandbox


def share(values: Sequence[T], turn: int, parts: int = 8) -> Sequence[T]:
    """Return every value in the long run, else the part whose turn it is: together they are all of them."""
    return values if TIMES > 1 else values[turn % parts :: parts]


Judge = Callable[[Answer, str], Iterable[str]]


def tried_at(
    door: str,
    asker: Asker,
    cases: Iterable[Case],
    more: Judge = lambda *_: (),
    allowed: frozenset[int] = frozenset(),
) -> None:
    """Ask for each case and fail with what was not taken well.

    `more` says what else a door promises, `allowed` with which statuses from 500 on it may say so.
    """
    failures = []
    with asker.watched():
        for shown, target, request in cases:
            # Who guesses keys and signatures is told to wait, which would hide the doors behind that.
            refusing.limit.forget()
            refusals.limit.forget()
            answer = asker.ask(target, **request)  # type: ignore[arg-type]  # as the corpus has it
            tried[door] += 1
            broken = (rule for rule in broken_rules(answer, target) if rule not in map(str, allowed))
            wrong = [*broken, *more(answer, target)]
            if wrong:
                failures.append(f"{shown[:200]!r}: {'; '.join(wrong)} {asker.fault}")
    assert not failures, told(failures)
