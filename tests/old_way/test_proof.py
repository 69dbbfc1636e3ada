from __future__ import annotations

from sentry_logs import services
from sentry_logs.periods import PERIODS


def test_the_old_way_is_never_asked_for_a_proof(sandbox, settings):
    settings.SENTRY_CANARY = True

    services.events_for_call(
        "a", backend="project_events", environment="all", period=PERIODS["24h"], wait=5.0
    )

    assert [request.path for request in sandbox.requests if "organizations" in request.path] == []
