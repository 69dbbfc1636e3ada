"""Why a call's list is empty, and where its events are instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as format_date

from sentry_logs.answers import ALL_ENVIRONMENTS, Answer, BackendName, EventPage
from sentry_logs.forms import RANGES, CallLogsForm
from sentry_logs.periods import WIDEST, smallest_covering
from sentry_logs.services import LogsUnavailable, StillAsking, count_events, events_for_call
from sentry_logs.views.links import address, link
from sentry_logs.views.words import events, listed, per_level

Value = TypeVar("Value")
NOTHING_FOUND = "No events found in the selected time range."
RANGE_WORDS = {"24h": "last 24 hours", "7d": "last 7 days", "30d": "last 30 days", "90d": "last 90 days"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """`url` shows what the button promises: in the panel, or on a page in another environment."""

    title: str
    text: str
    button: str = ""
    url: str = ""
    in_panel: bool = True
    icon: str = ""


def explain(
    form: CallLogsForm, answer: Answer[EventPage], counts: Mapping[str, int], *, backend: BackendName
) -> Explanation:
    search = Search(form, backend, answer.limit)
    try:
        return (
            _cannot_tell(form, answer)
            or _at_other_levels(form, counts)
            or search.in_other_source()
            or search.in_wider_range()
            or search.in_other_environments()
            or _past_retention(form)
            or search.nowhere()
        )
    except (LogsUnavailable, StillAsking) as failure:
        return Explanation(
            NOTHING_FOUND,
            f"We could not look in other ranges. {failure.message}",
            button="Look again",
            url=link("call-logs", form.parameters()),
        )


def _cannot_tell(form: CallLogsForm, answer: Answer[EventPage]) -> Explanation | None:
    """Say that finding nothing proves nothing, when a source failed or its filter is known not to work."""
    if answer.complete or not any(source.state == "failed" for source in answer.sources):
        return None
    return Explanation(
        "We cannot say whether there are events.",
        "Sentry gave none, but its answer cannot be trusted at the moment: see the message above.",
        button="Look again",
        url=link("call-logs", form.parameters()),
    )


@dataclass(slots=True)
class Search:
    """A look around the empty range; it remembers what kept any answer on the way from being whole."""

    form: CallLogsForm
    backend: BackendName
    limit: str
    failure: str = ""
    notes: str = ""

    def in_other_source(self) -> Explanation | None:
        asked = self.form.cleaned_data
        if not asked["source"]:
            return None
        answer = self._heard(
            count_events(
                asked["id"],
                backend=self.backend,
                environment=asked["environment"],
                period=self.form.period,
            )
        )
        total = answer.value.total
        if not total:
            return None
        chosen = "error events" if asked["source"] == "errors" else "logs"
        return Explanation(
            f"No {chosen} found in the selected time range.",
            f"All sources together have {events(total)}.",
            button=f"Show {events(total)}",
            url=link("call-logs", self.form.parameters(), source="", level=()),
        )

    def in_wider_range(self) -> Explanation | None:
        asked = self.form.cleaned_data
        if asked["range"] == WIDEST.name:
            return None
        answer = self._heard(
            count_events(asked["id"], backend=self.backend, environment=asked["environment"], period=WIDEST)
        )
        found = answer.value
        if not found.total:
            return None
        name = (
            smallest_covering(found.first_seen, timezone.now(), RANGES) if found.first_seen else WIDEST.name
        )
        return Explanation(
            NOTHING_FOUND,
            f"Sentry has {events(found.total)} for this call in the {RANGE_WORDS[name]}.",
            button=f"Show {events(found.total)}",
            url=link("call-logs", self.form.parameters(), range=name, level=(), source=""),
        )

    def in_other_environments(self) -> Explanation | None:
        asked = self.form.cleaned_data
        if asked["environment"] == ALL_ENVIRONMENTS:
            return None
        answer = self._heard(
            events_for_call(asked["id"], backend=self.backend, environment=ALL_ENVIRONMENTS, period=WIDEST)
        )
        found = [event for event in answer.value.events if event.environment != asked["environment"]]
        if not found:
            return None
        names = [name for name, _count in Counter(event.environment for event in found).most_common()]
        oldest = min(event.timestamp for event in found)
        number = f"at least {events(len(found))}" if answer.value.has_more else events(len(found))
        where = listed([name or "no environment" for name in names])
        return Explanation(
            f"No events found in {asked['environment']}.",
            f"Sentry has {number} for this call in {where}.",
            button=f"Show {number} in {where}" if len(names) == 1 else f"Show {number}",
            url=self._elsewhere(names, oldest),
            in_panel=False,
        )

    def nowhere(self) -> Explanation:
        if self.limit:
            return Explanation(
                NOTHING_FOUND,
                f"Only {self.limit} were searched. This call may have older events that you do not see here.",
            )
        if self.failure:
            return Explanation(
                NOTHING_FOUND,
                f"We could not look everywhere else. {self.failure}",
                button="Look again",
                url=link("call-logs", self.form.parameters()),
            )
        since = timezone.now() - timedelta(days=min(90, settings.SENTRY_RETENTION_DAYS))
        return Explanation(
            "No events for this call.",
            f"Searched all environments and everything Sentry keeps, since {format_date(since, 'j F Y')}."
            f"{self.notes}",
            icon="clean",
        )

    def _heard(self, answer: Answer[Value]) -> Answer[Value]:
        self.limit = self.limit or answer.limit
        self.failure = self.failure or (answer.failure.reason if answer.failure else "")
        reasons = [source.reason for source in answer.sources if source.state in ("ok", "expired")]
        self.notes = self.notes or "".join(f" {reason}" for reason in reasons if reason)
        return answer

    def _elsewhere(self, names: list[str], oldest: datetime) -> str:
        """Return the call page in the environment that has the events, so that the switcher shows it too."""
        known = len(names) == 1 and names[0] in settings.SENTRY_ENVIRONMENTS
        changes = {
            "environment": names[0] if known else ALL_ENVIRONMENTS,
            "range": smallest_covering(oldest, timezone.now(), RANGES),
        }
        page = self.form.cleaned_data["page"]
        return (
            address(page, changes)
            if page
            else link("call-logs", self.form.parameters() | changes, level=(), source="")
        )


def _at_other_levels(form: CallLogsForm, counts: Mapping[str, int]) -> Explanation | None:
    chosen, total = form.cleaned_data["level"], sum(counts.values())
    if not chosen or not total:
        return None
    return Explanation(
        f"No {listed(chosen, 'or')} events found in the selected time range.",
        f"It has {events(total)} at other levels: {per_level(counts)}.",
        button=f"Show {events(total)}",
        url=link("call-logs", form.parameters(), level=()),
    )


def _past_retention(form: CallLogsForm) -> Explanation | None:
    days = settings.SENTRY_RETENTION_DAYS
    end = form.cleaned_data["ended"] or form.cleaned_data["started"]
    if timezone.now() - end <= timedelta(days=days):
        return None
    return Explanation(
        f"Sentry no longer keeps events from {format_date(end, 'j F Y')}.",
        f"Events are kept for {days} days. An empty list here says nothing about the call.",
        icon="expired",
    )
