"""Who else was hit: the calls of one Sentry issue, counted by release, agent and environment."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from dashboard.calls.forms import CallFilter
from sentry_logs.answers import IssueCalls

Counts = list[tuple[str, int]]
MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class WhoElse:
    """`hit` calls by Sentry's count, and how many of those that we know are of which kind, most first."""

    issue: str
    hit: int
    releases: Counts
    agents: Counts
    environments: Counts


def who_else(asked: CallFilter, hit: IssueCalls, environment: str) -> WhoElse:
    """Count the calls that the asked issue hit, in one query."""
    calls = asked.calls(environment, timezone.now()).with_correlation_ids(hit.correlation_ids)
    kinds = list(
        calls.values_list("agent_name", "agent_version", "environment").annotate(Count("pk")).order_by()
    )
    agents = [(f"{name} {version}".strip(), count) for name, version, _where, count in kinds]
    return WhoElse(
        issue=asked.issue,
        hit=len(hit.correlation_ids),
        releases=_most(list(hit.releases.items())),
        agents=_most(agents),
        environments=_most([(where, count) for *_agent, where, count in kinds]),
    )


def _most(pairs: Counts) -> Counts:
    total: dict[str, int] = {}
    for name, count in pairs:
        total[name] = total.get(name, 0) + count
    return sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_SHOWN]
