from __future__ import annotations

import json

import pytest
from requests.structures import CaseInsensitiveDict

from sentry_logs.client import (
    SentryBadQuery,
    SentryForbidden,
    SentryNotFound,
    SentryOverloaded,
    SentryProtocolError,
    SentryRateLimited,
    SentryRedirected,
    SentryRefused,
    SentryServerError,
    SentryTimeout,
    SentryUnauthorized,
)
from sentry_logs.client.reply import Reply
from sentry_logs.client.statuses import error_for

NOW = 1_800_000_000.0
TIMEOUT = (
    "\nQuery timeout. Please try again. If the problem persists try a smaller date range or fewer projects.\n"
)
TOO_OFTEN = "You are attempting to use this endpoint too frequently. Limit is 30 requests in 1 seconds"


def failure(status: int, body: object = "", **headers: str):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()})
    return error_for(Reply(status, named, raw), now=NOW)


def detail(text: object) -> dict[str, object]:
    return {"detail": text}


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, detail("Authentication credentials were not provided."), SentryUnauthorized, "credentials"),
        (401, detail("Invalid token"), SentryUnauthorized, "Invalid token"),
        (401, detail("Token expired"), SentryUnauthorized, "Token expired"),
        (401, detail("Invalid org token"), SentryUnauthorized, "Invalid org token"),
        (401, detail("User inactive or deleted"), SentryUnauthorized, "User inactive"),
        (401, detail({"code": "sso-required", "message": "Must login via SSO"}), SentryUnauthorized, "SSO"),
        (401, detail({"code": "2fa-required", "message": None}), SentryUnauthorized, "2fa-required"),
        (401, b"", SentryUnauthorized, ""),
        (403, detail("You do not have permission to perform this action."), SentryForbidden, "permission"),
        (404, detail("The requested resource does not exist"), SentryNotFound, "resource"),
        (404, detail("Event not found"), SentryNotFound, "Event not found"),
        (404, b"", SentryNotFound, ""),
        (429, TOO_OFTEN, SentryRateLimited, "too frequently"),
        (429, detail("Request was throttled."), SentryRateLimited, "throttled"),
        (400, detail(TIMEOUT), SentryOverloaded, "Query timeout"),
        (400, detail("Parse error at 'x' (column 3). This is commonly"), SentryBadQuery, "column 3"),
        (400, detail("Invalid quote at 'x': quotes must enclose text"), SentryBadQuery, "Invalid quote"),
        (400, detail("Empty string after 'tags[x]:'"), SentryBadQuery, "Empty string"),
        (400, detail('"is:" queries are not supported in this search.'), SentryBadQuery, "is:"),
        (400, detail("Condition is missing on the left side of 'OR' operator"), SentryBadQuery, "OR"),
        (400, detail("Lists should not have empty values"), SentryBadQuery, "Lists"),
        (400, detail("issue.id: Invalid number: x."), SentryBadQuery, "Invalid number"),
        (400, detail("Filter ID must be a valid UUID hex"), SentryBadQuery, "UUID"),
        (400, detail("Filter on timestamp is outside of the selected date range."), SentryBadQuery, "range"),
        (400, detail("Invalid query. Project(s) x do not exist"), SentryBadQuery, "Project(s)"),
        (
            400,
            detail("Having an OR between aggregate filters and normal filters is invalid."),
            SentryBadQuery,
            "OR",
        ),
        (400, ["Invalid search"], SentryBadQuery, "Invalid search"),
        (400, "Invalid search", SentryBadQuery, "Invalid search"),
        (400, detail("You can view up to 20 fields at a time."), SentryRefused, "20"),
        (400, detail("No columns selected"), SentryRefused, "No columns"),
        (400, detail("Invalid characters in field tag[x]"), SentryRefused, "characters"),
        (400, detail("dataset must be one of: discover"), SentryRefused, "dataset"),
        (400, detail("Invalid per_page value. Cannot exceed 100."), SentryRefused, "100"),
        (400, detail("Invalid cursor parameter."), SentryRefused, "cursor"),
        (400, detail("Invalid project parameter. Values must be numbers."), SentryRefused, "project"),
        (400, detail("Invalid date range. Please try a more recent date range."), SentryRefused, "recent"),
        (400, detail("You cannot view events from multiple projects."), SentryRefused, "multiple"),
        (400, detail("Invalid query. Argument to function is wrong type."), SentryRefused, "wrong type"),
        (400, detail("max: column argument invalid: level is not a valid column"), SentryRefused, "level"),
        (400, detail("Cannot sort by a field that is not selected."), SentryRefused, "sort"),
        (400, b"<html>", SentryRefused, ""),
        (413, b"<html>", SentryRefused, ""),
        (418, {}, SentryRefused, ""),
        (500, {"detail": "Internal Error", "errorId": "ab"}, SentryServerError, "Internal Error"),
        (500, {"detail": "Internal Error", "errorId": None}, SentryServerError, "Internal Error"),
        (500, detail("Internal error. Your query failed to run."), SentryServerError, "failed to run"),
        (500, b"\xff\xfe", SentryServerError, ""),
        (502, b"<html>Bad Gateway</html>", SentryServerError, ""),
        (503, b"", SentryServerError, ""),
        (504, b"<html>", SentryServerError, ""),
        (302, b"", SentryRedirected, ""),
        (304, b"", SentryRedirected, ""),
        (204, b"", SentryProtocolError, ""),
    ],
)
def test_a_status_and_body_have_one_meaning(status, body, kind, said):
    error = failure(status, body)

    assert type(error) is kind
    assert error.status == status
    assert said in error.detail
    assert bool(error.detail) == bool(said)
    assert error.message and error.hint


def test_a_query_timeout_counts_as_a_timeout():
    assert isinstance(failure(400, detail(TIMEOUT)), SentryTimeout)


def test_several_projects_need_one_name_in_the_settings():
    assert "SENTRY_PROJECT" in failure(400, detail("You cannot view events from multiple projects.")).hint


def test_the_detail_is_trimmed():
    assert failure(400, detail("x" * 9000)).detail == "x" * 500


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X_Sentry_Rate_Limit_Reset": "1800000007"}, 7),
        ({"X_Sentry_Rate_Limit_Reset": "1799999000"}, 1),
        ({"X_Sentry_Rate_Limit_Reset": "1800000007000"}, 600),
        ({"X_Sentry_Rate_Limit_Reset": "None"}, None),
        ({"X_Sentry_Rate_Limit_Reset": "NaN"}, None),
        ({"X_Sentry_Rate_Limit_Reset": "-5"}, None),
        ({"Retry_After": "30"}, 30),
        ({"Retry_After": "99999"}, 600),
        ({"Retry_After": "Fri, 15 Jan 2027 08:00:20 GMT"}, 20),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "30", "X_Sentry_Rate_Limit_Reset": "1800000007"}, 7),
        ({}, None),
    ],
)
def test_the_end_of_a_rate_limit_is_told_within_reason(headers, seconds):
    error = failure(429, TOO_OFTEN, **headers)

    assert error.reset_at == error.retry_at == (None if seconds is None else NOW + seconds)


def test_seconds_to_wait_are_counted_from_now():
    assert SentryRateLimited(retry_at=1.0).retry_after == 0
    assert SentryRateLimited().retry_after is None


@pytest.mark.parametrize("location", ["", "http://[", "/elsewhere", "https://a b/"])
def test_a_redirect_to_nowhere_is_still_a_redirect(location):
    assert type(failure(301, b"", Location=location)) is SentryRedirected
