"""What works and what does not between us and the configured Sentry, one finding a question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from django.conf import settings

from sentry_logs import cache
from sentry_logs.answers import ALL_ENVIRONMENTS, Answer, Asked, EnvironmentTotal
from sentry_logs.backends import WAYS, Filters, configured_client, get_backend, origin
from sentry_logs.periods import PERIODS
from sentry_logs.services import canary, probing
from sentry_logs.services.asking import checked
from sentry_logs.services.configuration import problems, token_kind
from sentry_logs.services.findings import Finding
from sentry_logs.unavailable import LogsException

WEEK = PERIODS["7d"]
ENOUGH_EVENTS = 10
STEPS: tuple[tuple[str, str, bool], ...] = (
    ("configuration", "Configuration", True),
    ("project", "Project", True),
    ("events", "Events (org:read)", True),
    ("rate_limits", "Rate limits", False),
    ("fields", "Fields", False),
    ("reach", "How far back", False),
    ("tag", "Correlation tag", False),
    ("filter", "Filter by call", False),
    *([("old_way", "Old way (project:read)", False)] if "project_events" in WAYS else []),
)
"""Key, subject, and whether the others stand on it."""


def check_sentry() -> Iterator[Finding]:
    """Yield findings as they are made; the first that fails ends the ones that stand on it."""
    ways = _ways()
    for key, subject, is_ground in STEPS:
        try:
            finding = ways[key](key, subject)
        except LogsException as failure:
            finding = Finding(key, subject, "failed", failure.message, failure.hint)
        yield finding
        if is_ground and not finding.ok:
            return


def recent_check(*, wait: float = 0.0) -> Answer[tuple[Finding, ...]]:
    """Check now, or return what was found within the last minute; StillAsking while another one checks."""

    def check() -> Answer[tuple[Finding, ...]]:
        now = datetime.now(UTC)
        asked = Asked(ALL_ENVIRONMENTS, WEEK.window(now), ("errors",), "discover")
        return Answer(tuple(check_sentry()), asked, as_of=now)

    # The settings are not part of the origin, and a page must show a corrected one at once.
    key = cache.key_for("check", origin(), settings.SENTRY_AUTH_TOKEN, settings.SENTRY_TIMEOUT)
    longest = len(STEPS) * settings.SENTRY_TIMEOUT
    return cache.get_or_ask(key, check, wait=wait, longest=longest, in_place=True).value


def _ways() -> dict[str, Callable[[str, str], Finding]]:
    return {
        "configuration": _configuration,
        "project": _project,
        "events": _events,
        "rate_limits": probing.rate_limits,
        "fields": probing.fields,
        "reach": probing.reach,
        "tag": _tag,
        "filter": _filter,
        "old_way": _project_events,
    }


def _configuration(key: str, subject: str) -> Finding:
    found = [problem for problem in problems() if problem.kind != "risky"]
    kind = token_kind()
    if found:
        words = " ".join(f"{problem.variable}: {problem.words}" for problem in found)
        hint = " ".join(dict.fromkeys(problem.hint for problem in found if problem.hint))
        return Finding(key, subject, "failed", words, hint, {"tokenKind": kind})
    words = f"{settings.SENTRY_URL}, organization {settings.SENTRY_ORG}; "
    words += kind or "the token does not tell its kind"
    return Finding(key, subject, "ok", words, facts={"tokenKind": kind})


def _project(key: str, subject: str) -> Finding:
    projects = checked(lambda: configured_client().projects())
    words = ", ".join(f"{project.slug or project.id} has the number {project.id}" for project in projects)
    return Finding(key, subject, "ok", words, facts={"projects": [project.id for project in projects]})


def _events(key: str, subject: str) -> Finding:
    backend = get_backend("discover")
    now = datetime.now(UTC)
    totals = checked(lambda: backend.totals(Filters(), WEEK.window(now))).value
    datasets = ", ".join(backend.datasets)
    words = f"The token has the scope; dataset {datasets}; tagged events of the last 7 days: "
    facts = {"datasets": list(backend.datasets), "tagged7d": {one.environment: one.count for one in totals}}
    return Finding(key, subject, "ok", words + _by_environment(totals), facts=facts)


def _tag(key: str, subject: str) -> Finding:
    backend = get_backend("discover")
    window = WEEK.window(datetime.now(UTC))
    tagged = sum(total.count for total in checked(lambda: backend.totals(Filters(), window)).value)
    untagged = checked(lambda: backend.untagged_count(Filters(untagged=True), window)).value
    tag, total = settings.SENTRY_CORRELATION_TAG, tagged + untagged
    facts = {"tagged": tagged, "untagged": untagged}
    if total == 0:
        words = "No events in the last 7 days, so nothing can be said about the tag"
        return Finding(key, subject, "unknown", words, facts=facts)
    words = f"{tagged:,} of {total:,} events of the last 7 days carry {tag}"
    if tagged:
        return Finding(key, subject, "ok", words, facts=facts)
    hint = f'Does the receptionist call set_tag("{tag}", …)?'
    return Finding(key, subject, "failed" if total >= ENOUGH_EVENTS else "unknown", words, hint, facts)


def _filter(key: str, subject: str) -> Finding:
    proof = canary.prove()
    state = "ok" if proof.state == "proven" else proof.state
    return Finding(key, subject, state, proof.words, proof.hint)


def _project_events(key: str, subject: str) -> Finding:
    page = checked(lambda: configured_client().project_events())
    words = f"The last {len(page.events)} events can be read; needed only while the flag is off"
    return Finding(key, subject, "ok", words, facts={"events": len(page.events)})


def _by_environment(totals: tuple[EnvironmentTotal, ...]) -> str:
    return ", ".join(f"{total.environment or 'no environment'} {total.count:,}" for total in totals) or "none"
