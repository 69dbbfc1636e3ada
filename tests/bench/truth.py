"""`python -m tests.bench.truth`: every mark of 10,000 calls against what was put into the sandbox.

All pages of the table are walked in both environments while events go on arriving; then every mark is held
against the truth of that moment.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sentry_logs.sandbox import Sandbox, start_sandbox
from sentry_logs.sandbox.scenarios import ScenarioCall, bulk_events, spread

if TYPE_CHECKING:
    from sentry_logs.answers import CallToCheck

SEED = 11
PAGE = 50
ENVIRONMENTS = ("production", "staging")
ERRORS = ("error", "fatal")
Truth = dict[str, set[str]]


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, start_sandbox() as sandbox:
        _begin_django(Path(folder), sandbox)
        now = datetime.now(UTC)
        truth: Truth = {name: set() for name in ENVIRONMENTS}
        sandbox.store.add_many(
            (_noted(event, truth), sandbox.project_id)
            for event in bulk_events(SEED, now, asked.calls, asked.events)
        )
        _walk(sandbox, list(spread(SEED, now, asked.calls)), truth)


def _walk(sandbox: Sandbox, calls: Sequence[ScenarioCall], truth: Truth) -> None:
    from django.core.management import call_command

    from sentry_logs.answers import CallToCheck

    call_command("sentry_sync")
    rng = random.Random(SEED)
    checks = [CallToCheck(call.correlation_id, call.started_at, call.ended_at) for call in calls]
    for name in ENVIRONMENTS:
        for start in range(0, len(checks), PAGE):
            _arrive(sandbox, rng, calls, truth)
            _marked(checks[start : start + PAGE], name)
    call_command("sentry_sync")
    sys.stdout.write(
        "| environment | calls | with errors | precision | recall |\n|---|---:|---:|---:|---:|\n"
    )
    for name in ENVIRONMENTS:
        marked = {
            one
            for start in range(0, len(checks), PAGE)
            for one in _marked(checks[start : start + PAGE], name)
        }
        real = truth[name] & {call.correlation_id for call in calls}
        precision, recall = (len(marked & real) / len(one) for one in (marked, real))
        sys.stdout.write(f"| {name} | {len(calls):,} | {len(real):,} | {precision:.4f} | {recall:.4f} |\n")


def _arrive(sandbox: Sandbox, rng: random.Random, calls: Sequence[ScenarioCall], truth: Truth) -> None:
    """Let an event of the last minute come in for some call."""
    environment, name = rng.choice(ENVIRONMENTS), rng.choice(calls).correlation_id
    when = datetime.now(UTC) - timedelta(seconds=rng.randrange(60))
    sandbox.add_event(correlation_id=name, level="error", environment=environment, timestamp=when)
    truth[environment].add(name)


def _marked(checks: Sequence[CallToCheck], environment: str) -> set[str]:
    from sentry_logs.services import error_marks

    marks = error_marks(checks, backend="discover", environment=environment).value
    found = zip(checks, marks, strict=True)
    return {call.correlation_id for call, mark in found if mark.state == "errors"}


def _noted(event: dict[str, object], truth: Truth) -> dict[str, object]:
    tags = event["tags"]
    if event["level"] in ERRORS and isinstance(tags, dict) and "correlation_id" in tags:
        truth.setdefault(str(event["environment"]), set()).add(tags["correlation_id"])
    return event


def _begin_django(folder: Path, sandbox: Sandbox) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'truth.sqlite3'}",
        "SENTRY_URL": sandbox.url,
        "SENTRY_ORG": sandbox.org,
        "SENTRY_PROJECT": sandbox.project,
        "SENTRY_AUTH_TOKEN": sandbox.token,
        "LOG_LEVEL": "ERROR",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
