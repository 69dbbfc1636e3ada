from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sentry_logs.answers import Window
from sentry_logs.backends import WAYS, get_backend
from sentry_logs.management.pointing import point_at
from sentry_logs.sandbox import start_sandbox


@pytest.fixture(params=[False, True], ids=["sentry.io", "23.7.1"])
def sandbox(request, settings):
    with start_sandbox(old=request.param) as sandbox:
        point_at(sandbox, settings)
        yield sandbox


@pytest.fixture(params=list(WAYS))
def backend(request, sandbox):
    return get_backend(request.param)


@pytest.fixture
def discover(sandbox):
    return get_backend("discover")


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def day(now) -> Window:
    return Window(now - timedelta(hours=24), now + timedelta(seconds=1))
