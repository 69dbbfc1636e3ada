from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sentry_logs.answers import Window
from sentry_logs.backends import get_backend


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def day(now) -> Window:
    return Window(now - timedelta(hours=24), now + timedelta(seconds=1))


@pytest.fixture
def old_way(sandbox):
    return get_backend("project_events")


@pytest.fixture
def noise(sandbox, now) -> None:
    """More events than the old way sees, all of another call."""
    for second in range(120):
        sandbox.add_event(correlation_id="noise", level="info", timestamp=now - timedelta(seconds=second))
