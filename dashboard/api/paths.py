"""The doors under /api/ in OpenAPI's words."""

from __future__ import annotations

from typing import Any

from django import forms

from dashboard.api.listing import MOST_A_PAGE, CallsForm
from dashboard.api.parameters import parameters
from dashboard.api.posting import LARGEST_BODY, MOST_CALLS
from dashboard.api.schemas import reference
from dashboard.calls.pasted import LONGEST_PASTED
from dashboard.calls.search import LONGEST_ID
from sentry_logs.forms import BrowseForm, ErrorCheckForm, EventsForm

WRONG = {
    400: "A parameter is wrong or unknown; parameter names it.",
    401: "No session, and no valid key.",
    403: "The key is of the other scope, or for another environment.",
    404: "There is no such call.",
    411: "The request does not say how long it is.",
    413: f"Over {MOST_CALLS:,} calls or {LARGEST_BODY // 1024**2} MB at once.",
    415: "The body is compressed.",
    422: "No call of the request could be taken; errors says why, call by call.",
    429: "Too many wrong keys from this address; a good one still passes.",
    502: "Sentry could not be asked, or refused us.",
    503: "Try again after the seconds of Retry-After.",
    504: "Sentry did not answer in time, or the question was too much for it.",
}
OF_SENTRY = (400, 401, 403, 429, 502, 503, 504)
ENVIRONMENT = "One environment, or all that the key may see."
PERIOD = "How far back to look."
LEVEL = "Give it several times for several levels; left out, it is every level."
CURSOR = "nextCursor of the page before. It belongs to its question: leave the other parameters as they are."

ABOUT_CALLS = {
    "q": "Any id of a call, or the last four digits of a phone number, also pasted with what is around it. "
    "A whole phone number is refused here: send it in the header X-Search, which takes the same.",
    "range": "When the call started.",
    "outcome": "How it went.",
    "errors": "1 for calls with errors in Sentry only.",
    "issue": "The number of a Sentry issue, for the calls that it hit.",
    "environment": ENVIRONMENT,
    "limit": f"How many calls a page has, up to {MOST_A_PAGE}.",
    "cursor": CURSOR,
}
X_SEARCH = {
    "name": "X-Search",
    "in": "header",
    "required": False,
    "description": "What q is, and also a whole phone number; it takes the place of q.",
    "schema": {"type": "string", "maxLength": LONGEST_PASTED},
}
ABOUT_LOGS = {
    "correlationId": "The call's platform id.",
    "environment": ENVIRONMENT,
    "statsPeriod": PERIOD,
    "level": LEVEL,
    "source": "Only error events, or only log lines.",
    "limit": "How many rows a page has.",
    "cursor": CURSOR,
    "eventType": "One type of event only.",
    "search": "Text in Sentry's search syntax, up to 500 characters.",
}
IN_PATH = [
    {
        "name": "platform",
        "in": "path",
        "required": True,
        "description": "Who carried the call.",
        "schema": reference("Platform"),
    },
    {
        "name": "platformCallId",
        "in": "path",
        "required": True,
        "description": "The platform's own id, percent-encoded.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID},
    },
]


def paths() -> dict[str, dict[str, Any]]:
    return {
        "/api/calls": {"post": _post_calls(), "get": _list_calls()},
        "/api/calls/{platform}/{platformCallId}": {"get": _one_call()},
        "/api/sentry/events": {
            "get": _asking(
                "sentryEvents",
                "Events of a call",
                "The events and log lines of one call, newest first. A page has at most limit rows and can "
                "have fewer while hasMore is true.",
                EventsForm,
                "EventPage",
            )
        },
        "/api/sentry/error-check": {
            "get": _asking(
                "sentryErrorCheck",
                "Ids with errors",
                "Every correlation id with an event of level error or fatal.",
                ErrorCheckForm,
                "ErrorCheck",
                correlationId="Give it up to 100 times to ask about these ids only.",
            )
        },
        "/api/sentry/browse": {
            "get": _asking(
                "sentryBrowse",
                "Events by call",
                "Events grouped by correlation id, the latest first, 100 groups a page.",
                BrowseForm,
                "GroupPage",
            )
        },
        "/api/openapi.json": {
            "get": {
                "operationId": "openapi",
                "summary": "This description",
                "description": "All of this as OpenAPI 3.1, for programs.",
                "responses": {
                    "200": {
                        "description": "The document.",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    **_wrong(401, 403, 429),
                    "404": _answer("Strangers are told that nothing is here.", "Error"),
                },
            }
        },
    }


def _post_calls() -> dict[str, Any]:
    call = reference("Call")
    many = {"type": "array", "items": call, "maxItems": MOST_CALLS}
    named = {"type": "object", "properties": {"calls": many}, "required": ["calls"]}
    return {
        "operationId": "postCalls",
        "summary": "Send calls",
        "description": "One call, a list of calls, or an object with the list as calls. A call is known by "
        "environment, platform and platformCallId: sent again it is updated, so that every request can be "
        "repeated. Calls that are right are kept; what is wrong with the others is told field by field.",
        "security": [{"key": []}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"oneOf": [call, many, named]}}},
        },
        "responses": {
            "201": _answer("At least one call is new.", "Posted"),
            "200": _answer("No call is new.", "Posted"),
            "400": _answer("The body is no JSON, holds no calls, or broke off.", "Error"),
            **_wrong(401, 403, 411, 413, 415, 422, 429, 503),
        },
    }


def _list_calls() -> dict[str, Any]:
    return {
        "operationId": "listCalls",
        "summary": "List calls",
        "description": "Calls, newest first, by the filters of the table. A walk by nextCursor repeats and "
        "leaves out nothing while new calls arrive. meta is there when errors is asked for.",
        "parameters": [*parameters(CallsForm, ABOUT_CALLS), X_SEARCH],
        "responses": {"200": _answer("A page of calls.", "CallPage"), **_wrong(*OF_SENTRY)},
    }


def _one_call() -> dict[str, Any]:
    environment = [one for one in parameters(CallsForm, ABOUT_CALLS) if one["name"] == "environment"]
    return {
        "operationId": "getCall",
        "summary": "Read a call",
        "description": "Everything that is known of a call, with transcript and aliases. Where several "
        "environments have the id, the newest call is given.",
        "parameters": IN_PATH + environment,
        "responses": {"200": _answer("The call.", "Call"), **_wrong(400, 401, 403, 404, 429, 503)},
    }


def _asking(
    operation: str, summary: str, description: str, form: type[forms.Form], answer: str, **about: str
) -> dict[str, Any]:
    return {
        "operationId": operation,
        "summary": summary,
        "description": description,
        "parameters": parameters(form, ABOUT_LOGS | about),
        "responses": {"200": _answer("The answer.", answer), **_wrong(*OF_SENTRY)},
    }


def _answer(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": reference(schema)}}}


def _wrong(*statuses: int) -> dict[str, Any]:
    return {str(status): _answer(WRONG[status], "Error") for status in statuses}
