from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sentry_logs.answers import Window
from sentry_logs.backends import WAYS, get_backend


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
