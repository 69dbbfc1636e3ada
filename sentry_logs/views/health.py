"""How well calls and events fit together, for administrators. Its figures come when they are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.dateformat import format as format_date

from sentry_logs.answers import Answer, Window
from sentry_logs.call_links import CallLink, call_links
from sentry_logs.services.health import correlation_health
from sentry_logs.services.health_report import Example, Figures, Health
from sentry_logs.views.loading import page_that_loads
from sentry_logs.views.request import Request, page_or_fragment
from sentry_logs.views.staff import staff_only
from sentry_logs.views.words import share, sources_of

EXPIRED = "past retention"


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table: `part` of `whole`; `is_bad` tells when the total deserves a look."""

    title: str
    advice: str
    part: Callable[[Figures], int]
    whole: Callable[[Figures], int]
    is_bad: Callable[[Figures], bool]


@dataclass(frozen=True, slots=True)
class Cell:
    part: int
    whole: int
    reach: str = ""
    is_bad: bool = False

    @property
    def share(self) -> str:
        return share(self.part, self.whole)

    @property
    def notes(self) -> list[str]:
        """Say what the share is made of, and how far back it reaches where that is not all of the time."""
        counts = "" if self.reach == EXPIRED else f"{self.part:,} of {self.whole:,}"
        return [words for words in (counts, self.reach) if words]


MEASURES = (
    Measure(
        "Calls with any event",
        "A call without trouble may rightly have none. If hardly any call has one, check that the "
        "receptionist reports to this project and sets the tag at the start of each call.",
        lambda week: week.calls_with_events,
        lambda week: week.calls,
        lambda week: week.calls > 0 and not week.calls_with_events,
    ),
    Measure(
        "Events without the tag",
        "They are never shown beside a call. Set the tag before anything else happens in a call, and in "
        "every worker that takes part in it.",
        lambda week: week.untagged,
        lambda week: week.events,
        lambda week: week.untagged * 5 > week.events,
    ),
    Measure(
        "Ids in Sentry that match no call",
        "Either calls do not reach our database, or the receptionist sends another id than the platform's.",
        lambda week: week.ids_without_call,
        lambda week: week.ids,
        lambda week: week.ids_without_call * 5 > week.ids,
    ),
    Measure(
        "Ids that cannot be asked for safely",
        "Have the receptionist send the platform's id as it is: Sentry cannot search for a backslash, for "
        "control characters, or for more than 200 characters.",
        lambda week: week.not_askable,
        lambda week: week.all_ids,
        lambda week: week.not_askable > 0,
    ),
)

LOG_LINES = Measure(
    "Log lines without the attribute",
    "A tag does not reach log lines: give them the call's id as an attribute, so that they are shown beside "
    "the call's events.",
    lambda week: week.untagged_lines,
    lambda week: week.lines,
    lambda week: week.untagged_lines * 5 > week.lines,
)


@page_or_fragment
@staff_only
def health(request: Request) -> HttpResponse:
    return page_that_loads(request, "health", lambda wait: correlation_health(wait=wait), _shown)


def _shown(answer: Answer[Health]) -> dict[str, Any]:
    report = answer.value
    links = call_links([one.correlation_id for one in report.not_askable])
    return {
        "sources": sources_of(answer),
        "weeks": report.weeks,
        "environments": [(name, list(_rows(report, name))) for name in report.figures],
        "advice": _measures(report),
        "strangers": report.strangers,
        "not_askable": [(one, _call_of(one, links)) for one in report.not_askable],
    }


def _measures(report: Health) -> tuple[Measure, ...]:
    return (*MEASURES, LOG_LINES) if report.lines_since else MEASURES


def _rows(report: Health, environment: str) -> Iterator[tuple[str, list[Cell], Cell]]:
    figures, total = report.figures[environment], report.total(environment)
    whole = Window(report.weeks[-1].start, report.weeks[0].end)
    for measure in _measures(report):
        since = report.lines_since if measure is LOG_LINES else None
        cells = [
            Cell(measure.part(week), measure.whole(week), _reach(window, since))
            for window, week in zip(report.weeks, figures, strict=True)
        ]
        yield (
            measure.title,
            cells,
            Cell(measure.part(total), measure.whole(total), _reach(whole, since), measure.is_bad(total)),
        )


def _reach(window: Window, since: datetime | None) -> str:
    """Say how much of a stretch of time is counted from a moment on; nothing when it is all of it."""
    if since is None or since <= window.start:
        return ""
    return EXPIRED if window.end <= since else f"since {format_date(since, 'j M')}"


def _call_of(example: Example, links: Mapping[str, CallLink]) -> CallLink | None:
    return links.get(example.correlation_id)
