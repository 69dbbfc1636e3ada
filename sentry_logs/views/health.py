"""How well calls and events fit together, for administrators. Its figures come when they are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from sentry_logs.answers import Answer
from sentry_logs.call_links import CallLink, call_links
from sentry_logs.services.health import Example, Figures, Health, correlation_health
from sentry_logs.views.links import link
from sentry_logs.views.outcome import attempt_of, outcome_of
from sentry_logs.views.request import Request, page_or_fragment, wait_for, wants_fragment
from sentry_logs.views.staff import staff_only

TEMPLATE = "sentry_logs/health.html"


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
    is_bad: bool = False

    @property
    def share(self) -> str:
        if not self.whole:
            return "–"
        share = 100 * self.part / self.whole
        # A few of many are neither none nor all.
        digits = 1 if 0 < share < 1 or 99 < share < 100 else 0
        return f"{share:.{digits}f} %"


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

LOGS = "Log lines without the attribute"
LOGS_ADVICE = (
    "A tag does not reach log lines: give them the call's id as an attribute, so that they are shown beside "
    "the call's events."
)


@page_or_fragment
@staff_only
def health(request: Request) -> HttpResponse:
    if not wants_fragment(request) and "now" not in request.GET:
        places = {"load_url": link("health", {}), "now_url": link("health", {}, now=1)}
        return render(request, TEMPLATE, places)
    outcome = outcome_of(
        lambda: correlation_health(wait=wait_for(request)), attempt=attempt_of(request.GET.get("try", ""))
    )
    look = outcome.next_look
    context: dict[str, Any] = {
        "outcome": outcome,
        "answer": outcome.answer,
        "again_url": link("health", {}, now=int("now" in request.GET)),
        "poll_url": link("health", {}, **{"try": look.attempt}) if look else "",
    }
    if outcome.answer:
        context |= _shown(outcome.answer)
    return render(request, f"{TEMPLATE}#figures" if wants_fragment(request) else TEMPLATE, context)


def _shown(answer: Answer[Health]) -> dict[str, Any]:
    report = answer.value
    links = call_links([one.correlation_id for one in report.not_askable])
    return {
        "weeks": report.weeks,
        "environments": [(name, list(_rows(report, name))) for name in report.figures],
        "advice": list(_advice(report)),
        "strangers": report.strangers,
        "not_askable": [(one, _call_of(one, links)) for one in report.not_askable],
    }


def _rows(report: Health, environment: str) -> Iterator[tuple[str, list[Cell], Cell]]:
    total = report.total(environment)
    for measure in MEASURES:
        cells = [Cell(measure.part(week), measure.whole(week)) for week in report.figures[environment]]
        yield measure.title, cells, Cell(measure.part(total), measure.whole(total), measure.is_bad(total))
    if report.logs is not None and environment in report.logs:
        counts = report.logs[environment]
        without = counts.lines - counts.tagged
        yield LOGS, [], Cell(without, counts.lines, is_bad=without * 5 > counts.lines)


def _advice(report: Health) -> Iterator[tuple[str, str]]:
    for measure in MEASURES:
        yield measure.title, measure.advice
    if report.logs:
        yield LOGS, LOGS_ADVICE


def _call_of(example: Example, links: Any) -> CallLink | None:
    found: CallLink | None = links.get(example.correlation_id)
    return found
