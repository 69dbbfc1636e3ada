"""The last comparison of the old and the new way of asking, for who decides about the flag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sentry_logs.call_links import CallLink, call_links
from sentry_logs.flags import USE_DISCOVER_API, flag_in_words
from sentry_logs.models import ComparisonReport
from sentry_logs.services.comparison_report import OLD
from sentry_logs.views.request import Request
from sentry_logs.views.staff import staff_only
from sentry_logs.views.words import share


@dataclass(frozen=True, slots=True)
class Verdict:
    level: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    correlation_id: str
    started_at: datetime
    old: str
    new: str
    link: CallLink | None


@require_safe
@never_cache
@staff_only
def comparison(request: Request) -> HttpResponse:
    reports = [_shown(kept) for kept in ComparisonReport.objects.order_by("environment")]
    context = {"reports": reports, "flag": flag_in_words(), "flag_name": USE_DISCOVER_API}
    return render(request, "sentry_logs/comparison.html", context)


def _shown(kept: ComparisonReport) -> dict[str, Any]:
    report: dict[str, Any] = kept.report
    return {
        "environment": kept.environment,
        "made_at": kept.made_at,
        "start": datetime.fromisoformat(report["start"]),
        "end": datetime.fromisoformat(report["end"]),
        "calls": report["calls"],
        "not_askable": report["not_askable"],
        "late": report["late"],
        "verdict": _verdict(report),
        "ages": list(_ages(report)),
        "figures": list(_figures(report)),
        "lost": _changes(report["lost"]),
        "gained": _changes(report["gained"]),
    }


def _verdict(report: dict[str, Any]) -> Verdict:
    lost = report["lost"]["count"]
    unanswered = sum(way["unanswered"] for way in report["ways"].values())
    if lost:
        calls = "1 call" if lost == 1 else f"{lost:,} calls"
        text = "Keep the old way until each of them is explained."
        return Verdict("error", f"The new way misses the errors of {calls} that the old way shows.", text)
    if unanswered:
        text = f"Sentry left {unanswered:,} questions unanswered. Run the comparison again."
        return Verdict("warning", "This comparison is incomplete.", text)
    if not report["ways"][OLD]["errors"]:
        text = "The old way showed no errors among these calls. Compare a larger sample or a shorter period."
        return Verdict("info", "Nothing is lost, but little is proven.", text)
    return Verdict(
        "info", "Nothing is lost.", "Every error that the old way shows, the new way shows as well."
    )


def _ages(report: dict[str, Any]) -> Iterator[tuple[str, int, int, list[str]]]:
    for age in report["coverage"]:
        shares = [share(age["found"][name], age["with_logs"]) for name in report["ways"]]
        yield age["age"].capitalize(), age["calls"], age["with_logs"], shares


def _figures(report: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    ways = list(report["ways"].values())
    costs = [way["cost"] for way in ways]
    definite = [share(way["definite"], report["compared"]) for way in ways]
    yield "Calls shown with errors", [f"{way['errors']:,}" for way in ways]
    yield "Calls for which it can say for certain whether there were errors", definite
    yield "Requests to Sentry for one call page", [f"{cost['requests']:.1f}" for cost in costs]
    yield "Kilobytes for one call page", [f"{cost['bytes'] / 1000:.1f}" for cost in costs]
    yield "Milliseconds for one call page", [f"{cost['seconds'] * 1000:.0f}" for cost in costs]
    yield "Questions without an answer", [f"{way['unanswered']:,}" for way in ways]


def _changes(changes: dict[str, Any]) -> dict[str, Any]:
    examples = changes["examples"]
    links = call_links([example["correlation_id"] for example in examples])
    shown = [
        Difference(
            example["correlation_id"],
            datetime.fromisoformat(example["started_at"]),
            example["old"],
            example["new"],
            links.get(example["correlation_id"]),
        )
        for example in examples
    ]
    return {"count": changes["count"], "examples": shown, "more": changes["count"] - len(shown)}
