"""The JSON doors: the same forms and services as the pages, in one spelling and with one error shape."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sentry_logs import services
from sentry_logs.answers import Answer, CallGroup, EnvironmentTotal, EventPage, GroupPage, LogEvent, Source
from sentry_logs.errors import error_response
from sentry_logs.flags import backend_for
from sentry_logs.forms import BrowseForm, ErrorCheckForm, EventsForm, QuestionForm, first_error
from sentry_logs.unavailable import LogsException, LogsUnavailable, QuestionRefused, StillAsking

STATUS = {"timeout": 504, "overloaded": 504, "rate_limited": 503, "paused": 503, "misconfigured": 503}

Door = Callable[[HttpRequest], JsonResponse]
Reply = Callable[[HttpRequest, Any], dict[str, object]]


def door(form_class: type[QuestionForm]) -> Callable[[Reply], Door]:
    """Check the parameters, answer, and turn every way of not answering into the error shape."""

    def decorate(reply: Reply) -> Door:
        @wraps(reply)
        def answer(request: HttpRequest) -> JsonResponse:
            form = form_class(request.GET)
            if wrong := form.unknown_parameters():
                name, message = next(iter(wrong.items()))
                return error_response(400, "unknown_parameter", message, parameter=name)
            if not form.is_valid():
                name, message = first_error(form)
                return error_response(400, "invalid_parameter", message, parameter=name)
            try:
                return JsonResponse(reply(request, form))
            except LogsException as failure:
                return no_answer(failure)

        return never_cache(require_safe(answer))

    return decorate


@door(EventsForm)
def events(request: HttpRequest, form: EventsForm) -> dict[str, object]:
    answer = services.events_for_call(
        form.cleaned_data["correlationId"], backend=backend_for(request), **form.question(), wait=patience()
    )
    return _event_page(answer)


@door(ErrorCheckForm)
def error_check(request: HttpRequest, form: ErrorCheckForm) -> dict[str, object]:
    answer = services.error_correlation_ids(
        backend=backend_for(request),
        **form.question(),
        only=form.cleaned_data["correlationId"] or None,
        wait=patience(),
    )
    return {"correlationIds": list(answer.value), "meta": meta(answer)}


@door(BrowseForm)
def browse(request: HttpRequest, form: BrowseForm) -> dict[str, object]:
    answer: Answer[GroupPage] = services.grouped_events(
        backend=backend_for(request), **form.question(), wait=patience()
    )
    page = answer.value
    return {
        "groups": [_group(group) for group in page.groups],
        "environments": {total.environment: total.count for total in page.totals},
        "hasMore": page.has_more,
        "nextCursor": page.next_cursor,
        "meta": {
            **meta(answer),
            "totals": [_total(total) for total in page.totals],
            "untagged": page.untagged,
        },
    }


def _event_page(answer: Answer[EventPage]) -> dict[str, object]:
    return {
        "events": [_event(event) for event in answer.value.events],
        "hasMore": answer.value.has_more,
        "nextCursor": answer.value.next_cursor,
        "meta": meta(answer),
    }


def _event(event: LogEvent) -> dict[str, object]:
    return {
        "id": event.id,
        "title": event.title,
        "message": event.message,
        "level": event.level,
        "timestamp": _iso(event.timestamp),
        "transaction": event.transaction,
        "environment": event.environment,
        "source": event.source,
        "project": event.project,
        "issueId": event.issue_id,
        "permalink": event.permalink,
    }


def _group(group: CallGroup) -> dict[str, object]:
    return {
        "correlationId": group.correlation_id,
        "count": group.count,
        "levels": group.levels,
        "maxLevel": group.max_level,
        "firstSeen": _iso(group.first_seen),
        "lastSeen": _iso(group.last_seen),
        "environments": group.environments,
    }


def _total(total: EnvironmentTotal) -> dict[str, object]:
    return {"environment": total.environment, "count": total.count, "levels": total.levels}


def meta(answer: Answer[Any]) -> dict[str, object]:
    asked = answer.asked
    return {
        "asked": {
            "environment": asked.environment,
            "start": _iso(asked.window.start),
            "end": _iso(asked.window.end),
            "datasets": list(asked.datasets),
            "backend": asked.backend,
        },
        "asOf": _iso(answer.as_of),
        "stale": answer.stale,
        "complete": answer.complete,
        "limit": answer.limit,
        "sources": [_source(source) for source in answer.sources],
    }


def _source(source: Source) -> dict[str, str]:
    return {"dataset": source.dataset, "state": source.state, "reason": source.reason}


def no_answer(failure: LogsException) -> JsonResponse:
    """Return why there is no answer, in the error shape."""
    if isinstance(failure, QuestionRefused):
        return error_response(400, "invalid_parameter", failure.message, parameter=failure.parameter)
    if isinstance(failure, StillAsking):
        return error_response(503, "still_asking", failure.message, retry_after=failure.retry_after)
    if not isinstance(failure, LogsUnavailable):
        raise failure
    wait = (failure.retry_at - datetime.now(UTC)).total_seconds() if failure.retry_at else None
    return error_response(STATUS.get(failure.code, 502), failure.code, failure.message, retry_after=wait)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def patience() -> float:
    """A program wants the answer, not a promise: it waits for whoever is asking the same."""
    return float(settings.SENTRY_TIMEOUT)
