"""A group as a row of the browse page's table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date

from django.conf import settings

from sentry_logs.answers import ALL_ENVIRONMENTS, LEVELS, CallGroup, EnvironmentTotal
from sentry_logs.call_links import CallLink
from sentry_logs.forms import BrowseForm
from sentry_logs.views.links import element_id, link


@dataclass(frozen=True, slots=True)
class Expander:
    """The link that opens or closes a group: by htmx in place, as a plain link on a page of its own."""

    correlation_id: str
    opened: bool
    url: str
    fragment_url: str

    @property
    def element_id(self) -> str:
        return element_id(self.correlation_id)


@dataclass(frozen=True, slots=True)
class GroupRow:
    group: CallGroup
    expander: Expander
    call: CallLink | None
    inside: str = ""

    @property
    def levels(self) -> list[tuple[str, int]]:
        return [(level, self.group.levels.get(level, 0)) for level in LEVELS]

    @property
    def environments(self) -> list[tuple[str, int]]:
        return sorted(self.group.environments.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def day(self) -> date:
        return self.group.last_seen.astimezone(UTC).date()

    @property
    def one_day(self) -> bool:
        return self.group.first_seen.astimezone(UTC).date() == self.day

    def with_inside(self, inside: str) -> GroupRow:
        return replace(self, inside=inside)


@dataclass(frozen=True, slots=True)
class TotalRow:
    environment: str
    count: int
    levels: list[tuple[str, int]]
    url: str


def group_row(
    group: CallGroup, form: BrowseForm, *, call: CallLink | None, opened: bool, now: bool
) -> GroupRow:
    return GroupRow(group, expander(group.correlation_id, form, opened=opened, now=now), call)


def expander(correlation_id: str, form: BrowseForm, *, opened: bool, now: bool = False) -> Expander:
    here = browse_parameters(form)
    return Expander(
        correlation_id,
        opened,
        url=link("browse", here, open=None if opened else correlation_id, now=int(now)),
        fragment_url=link("group", here, id=correlation_id, close=int(opened)),
    )


def browse_parameters(form: BrowseForm) -> dict[str, object]:
    """Return where the browse page stands, for a form that may carry more."""
    return {name: value for name, value in form.parameters().items() if name in BrowseForm.base_fields}


def expected_environments(form: BrowseForm) -> list[str]:
    """Return the environments that the totals show even when there is nothing in them."""
    chosen = form.cleaned_data.get("environment", ALL_ENVIRONMENTS)
    return list(settings.SENTRY_ENVIRONMENTS) if chosen == ALL_ENVIRONMENTS else [chosen]


def total_rows(totals: Sequence[EnvironmentTotal], form: BrowseForm) -> list[TotalRow]:
    found = {total.environment: total for total in totals}
    names = dict.fromkeys([*expected_environments(form), *found])
    empty = EnvironmentTotal("", 0, {})
    return [_total_row(name, found.get(name, empty), form) for name in names]


def _total_row(name: str, total: EnvironmentTotal, form: BrowseForm) -> TotalRow:
    known = name in settings.SENTRY_ENVIRONMENTS
    url = link("browse", form.parameters(), environment=name, cursor=None) if known else ""
    return TotalRow(name, total.count, [(level, total.levels.get(level, 0)) for level in LEVELS], url)
