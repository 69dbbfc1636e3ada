"""POST of calls: what is right is kept, what is wrong is named item by item."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from dashboard.calls.models import Call
from dashboard.ingest.body import Incomplete, NoLength, TooLarge, read_body
from dashboard.ingest.posted import NotJson, checked, read_json
from dashboard.ingest.record import Recorded, record_reports
from dashboard.ingest.reports import Report
from dashboard.ingest.schema import CallIn
from dashboard.keys.models import ApiKey
from sentry_logs.errors import error_response

MOST_CALLS = 1_000
LARGEST_BODY = 10 * 1024 * 1024
STATUSES = ("created", "updated", "unchanged")


class Rejected(Exception):
    """A request of which nothing can be taken; the message is for whoever sends it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(slots=True)
class Batch:
    """What can be taken of a request, by place in it, and what is wrong with the rest."""

    reports: dict[int, Report] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: int = 0
    """How many are for an environment that the key is not for."""


ERASED = "This call was erased with its person, so nothing of it is taken again."


class KeyedRequest(HttpRequest):
    """A request that came with a key."""

    api_key: ApiKey


def post_calls(request: KeyedRequest) -> JsonResponse:
    try:
        items = _items(request)
    except Rejected as no:
        return error_response(no.status, no.code, no.message)
    batch = _checked(items, request.api_key, timezone.now())
    if batch.errors and not batch.reports:
        return _nothing_taken(len(items), batch)
    recorded = record_reports(list(batch.reports.values()))
    return _taken(batch, dict(zip(batch.reports, recorded, strict=True)))


def _items(request: HttpRequest) -> list[Any]:
    """Return the calls of a body: one, a list, or {"calls": [...]}."""
    try:
        body = read_json(_body(request))
    except NotJson as problem:
        raise Rejected(400, "not_json", str(problem)) from None
    if isinstance(body, dict):
        body = body["calls"] if body.keys() == {"calls"} else [body]
    if not isinstance(body, list):
        raise Rejected(400, "not_calls", 'Send one call, a list of calls, or {"calls": [...]}.')
    if len(body) > MOST_CALLS:
        raise Rejected(413, "too_many", f"Send at most {MOST_CALLS:,} calls at once, not {len(body):,}.")
    return body


def _body(request: HttpRequest) -> bytes:
    if request.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
        raise Rejected(415, "encoded", "Send the body as it is, without Content-Encoding.")
    try:
        return read_body(request, LARGEST_BODY)
    except TooLarge:
        raise Rejected(413, "too_large", f"The body may have at most {LARGEST_BODY:,} bytes.") from None
    except NoLength:
        raise Rejected(411, "length_required", "Send a Content-Length.") from None
    except Incomplete:
        raise Rejected(400, "incomplete", "The body did not come whole.") from None


def _checked(items: list[Any], key: ApiKey, now: datetime) -> Batch:
    batch = Batch()
    for index, item in enumerate(items):
        call = checked(item)
        if not isinstance(call, CallIn):
            batch.errors += [_wrong(index, *problem) for problem in call]
        elif key.environment and call.environment not in (None, key.environment):
            batch.errors.append(_wrong(index, "environment", f"This key is for {key.environment} only."))
            batch.elsewhere += 1
        elif not key.environment and not call.environment:
            known = ", ".join(settings.SENTRY_ENVIRONMENTS)
            batch.errors.append(_wrong(index, "environment", f"Is required: one of {known}."))
        else:
            batch.reports[index] = call.to_report(key.environment, now)
    return batch


def _nothing_taken(sent: int, batch: Batch) -> JsonResponse:
    if batch.elsewhere == len(batch.errors):
        return error_response(403, "forbidden", batch.errors[0]["reason"], errors=batch.errors)
    message = "The call is wrong: see errors." if sent == 1 else f"All {sent:,} calls are wrong: see errors."
    return error_response(422, "invalid_calls", message, errors=batch.errors)


def _taken(batch: Batch, recorded: dict[int, Recorded | None]) -> JsonResponse:
    batch.errors += [
        _wrong(index, "platformCallId", ERASED) for index, one in recorded.items() if one is None
    ]
    results = [_result(index, one) for index, one in recorded.items() if one]
    counts = Counter(result["status"] for result in results)
    answer = {
        "results": results,
        "errors": batch.errors,
        **{status: counts[status] for status in STATUSES},
    }
    return JsonResponse(answer, status=201 if counts["created"] else 200)


def _result(index: int, recorded: Recorded) -> dict[str, Any]:
    call: Call = recorded.call
    status = "created" if recorded.is_new else "updated" if recorded.changed else "unchanged"
    return {
        "index": index,
        "platformCallId": call.platform_call_id,
        "status": status,
        "url": settings.PUBLIC_URL + call.get_absolute_url(),
    }


def _wrong(index: int, field: str, reason: str) -> dict[str, Any]:
    return {"index": index, "field": field, "reason": reason}
