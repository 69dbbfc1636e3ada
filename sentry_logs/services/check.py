"""What works and what does not between us and the configured Sentry, one finding a question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from sentry_logs.answers import EnvironmentTotal
from sentry_logs.backends import Filters, configured_client, get_backend
from sentry_logs.periods import PERIODS
from sentry_logs.services.asking import translated
from sentry_logs.unavailable import LogsException

TOKEN_KINDS = {
    "sntryi_": "the token of an internal integration, which is the right kind",
    "sntryu_": "a person's token: it sees only the projects of that person's teams",
    "sntrys_": "an organization token, which can never read events",
}
WEEK = PERIODS["7d"]


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    ok: bool
    words: str
    hint: str = ""


def check_sentry() -> Iterator[Finding]:
    """Yield findings as they are made; the first that fails ends the ones that stand on it."""
    steps: list[tuple[str, Callable[[], str]]] = [
        ("Configuration", _configuration),
        ("Project", _project),
        ("Events (org:read)", _events),
        ("Correlation tag", _tag),
        ("Old way (project:read)", _project_events),
    ]
    for subject, step in steps:
        try:
            yield Finding(subject, True, step())
        except LogsException as failure:
            yield Finding(subject, False, failure.message, failure.hint)
            if subject in ("Configuration", "Project", "Events (org:read)"):
                return


def _configuration() -> str:
    translated(configured_client)
    kind = next(
        (words for prefix, words in TOKEN_KINDS.items() if settings.SENTRY_AUTH_TOKEN.startswith(prefix)), ""
    )
    return f"{settings.SENTRY_URL}, organization {settings.SENTRY_ORG}" + (f"; {kind}" if kind else "")


def _project() -> str:
    projects = translated(lambda: configured_client().projects())
    return ", ".join(f"{project.slug or project.id} has the number {project.id}" for project in projects)


def _events() -> str:
    backend = get_backend("discover")
    now = datetime.now(UTC)
    totals = translated(lambda: backend.totals(Filters(), WEEK.window(now))).value
    return (
        f"dataset {', '.join(backend.datasets)}; tagged events of the last 7 days: {_by_environment(totals)}"
    )


def _tag() -> str:
    backend = get_backend("discover")
    window = WEEK.window(datetime.now(UTC))
    tagged = sum(total.count for total in translated(lambda: backend.totals(Filters(), window)).value)
    untagged = translated(lambda: backend.untagged_count(Filters(untagged=True), window)).value
    tag = settings.SENTRY_CORRELATION_TAG
    if tagged + untagged == 0:
        return "no events in the last 7 days, so nothing can be said about the tag"
    share = f"{tagged:,} of {tagged + untagged:,} events of the last 7 days carry {tag}"
    return share if tagged else f'{share}. Does the receptionist call set_tag("{tag}", …)?'


def _project_events() -> str:
    page = translated(lambda: configured_client().project_events())
    return f"the last {len(page.events)} events can be read; needed only while the flag is off"


def _by_environment(totals: tuple[EnvironmentTotal, ...]) -> str:
    return ", ".join(f"{total.environment or 'no environment'} {total.count:,}" for total in totals) or "none"
