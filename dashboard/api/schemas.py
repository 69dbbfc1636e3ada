"""The shapes of what is sent and answered, in JSON Schema: calls from the model that checks them."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from dashboard.ingest.schema import READ_ONLY, CallIn

Schema = dict[str, Any]

REFERENCE = "#/components/schemas/"
TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
COUNTS: Schema = {"type": "object", "additionalProperties": NUMBER}
DETAIL = frozenset(
    [
        *("transcript", "toolCalls", "summary", "success", "sentiment", "transferTo", "language"),
        *("recordingUrl", "recordingExpiresAt", "cost", "latency", "metadata", "aliases"),
    ]
)
"""What only the answer about one call has."""
EXAMPLE = {
    "platformCallId": "call_9f3c1e70a1b24d55",
    "environment": "production",
    "direction": "inbound",
    "fromNumber": "+442079460123",
    "toNumber": "+442079460000",
    "line": "Riverside Dental",
    "agentName": "Front desk",
    "outcome": "completed",
    "endedBy": "caller",
    "endedReason": "caller_hangup",
    "startedAt": "2026-11-23T13:38:10Z",
    "endedAt": "2026-11-23T13:41:28Z",
    "durationMs": 198000,
    "transcript": [{"role": "agent", "text": "Riverside Dental, good afternoon.", "atMs": 0}],
    "aliases": [{"kind": "trace_id", "value": "4bf92f3577b34da6a3ce929d0e0e4736"}],
}


def reference(name: str) -> Schema:
    return {"$ref": REFERENCE + name}


def schemas() -> dict[str, Schema]:
    sent = CallIn.model_json_schema(ref_template=REFERENCE + "{model}")
    parts = {_named(name): _tidied(part) for name, part in sent.pop("$defs").items()}
    call = _tidied(sent)
    facts: dict[str, Schema] = call["properties"]
    facts["environment"]["anyOf"][0]["enum"] = list(settings.SENTRY_ENVIRONMENTS)
    facts |= {name: {"readOnly": True} | (TEXT if name == "url" else TIME) for name in sorted(READ_ONLY)}
    facts["url"]["description"] = "The call's page."
    facts["createdAt"]["description"] = "When it was first told of."
    facts["updatedAt"]["description"] = "When it last changed."
    facts["reportedAt"]["writeOnly"] = True
    short = {name: {"$ref": f"{REFERENCE}Call/properties/{name}"} for name in facts if name not in DETAIL}
    short.pop("reportedAt")
    return {
        "Call": call | {"examples": [EXAMPLE]},
        "CallInList": _object("A call as a list gives it: without what only its own answer has.", short),
        **parts,
        **ANSWERS,
    }


def _tidied(schema: Any) -> Any:
    """Drop what is said twice: titles that repeat the name, and that nothing is the default."""
    if isinstance(schema, list):
        return [_tidied(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {
        name: _named(part) if name == "$ref" else _tidied(part)
        for name, part in schema.items()
        if not (name == "title" and isinstance(part, str)) and not (name == "default" and part is None)
    }
    return tidied


def _named(name: str) -> str:
    return name.removesuffix("In")


def _object(about: str, properties: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


ANSWERS: dict[str, Schema] = {
    "Posted": _object(
        "What became of each call that was sent.",
        {
            "results": _list(reference("Result")),
            "errors": _list(reference("WrongField")),
            "created": NUMBER,
            "updated": NUMBER,
            "unchanged": NUMBER,
        },
    ),
    "Result": _object(
        "What became of one call.",
        {
            "index": NUMBER | {"description": "Its place in what was sent, from 0."},
            "platformCallId": TEXT,
            "status": TEXT | {"enum": ["created", "updated", "unchanged"]},
            "url": TEXT | {"description": "The call's page."},
        },
    ),
    "WrongField": _object(
        "One thing that is wrong with one call.",
        {
            "index": NUMBER | {"description": "The call's place in what was sent, from 0."},
            "field": TEXT | {"description": "Such as transcript[3].text; empty for the whole call."},
            "reason": TEXT | {"description": "In plain English."},
        },
    ),
    "CallPage": _object(
        "Calls, newest first.",
        {
            "calls": _list(reference("CallInList")),
            "hasMore": FLAG,
            "nextCursor": TEXT_OR_NULL,
            "meta": reference("Meta"),
        },
        optional=("meta",),
    ),
    "Error": _object(
        "Every failure has this shape.",
        {
            "error": _object(
                "What failed.",
                {
                    "code": TEXT | {"description": "For programs."},
                    "message": TEXT | {"description": "For people."},
                    "status": NUMBER | {"description": "The HTTP status."},
                    "parameter": TEXT | {"description": "The parameter that is wrong."},
                    "retryAfter": NUMBER | {"description": "Seconds until it is worth trying again."},
                },
                optional=("parameter", "retryAfter"),
            ),
            "errors": _list(reference("WrongField")),
        },
        optional=("errors",),
    ),
    "Meta": _object(
        "How far an answer of Sentry's can be trusted.",
        {
            "asked": {"type": "object", "description": "Environment, start, end, datasets and backend."},
            "asOf": TIME | {"description": "When Sentry said so."},
            "stale": FLAG | {"description": "A newer question has failed since."},
            "complete": FLAG | {"description": "Everything was read; if not, limit says what stopped it."},
            "limit": TEXT,
            "sources": _list(_object("", {"dataset": TEXT, "state": TEXT, "reason": TEXT})),
            "totals": {"type": "array", "description": "Of a browse: events per environment and level."},
            "untagged": NUMBER | {"description": "Of a browse: events without a correlation id."},
        },
        optional=("totals", "untagged"),
    ),
    "EventPage": _object(
        "Events and log lines of a call, newest first.",
        {
            "events": _list(reference("Event")),
            "hasMore": FLAG,
            "nextCursor": TEXT_OR_NULL,
            "meta": reference("Meta"),
        },
    ),
    "Event": _object(
        "One event or log line.",
        {
            "id": TEXT,
            "title": TEXT,
            "message": TEXT,
            "level": TEXT,
            "timestamp": TIME,
            "transaction": TEXT,
            "environment": TEXT,
            "source": TEXT | {"enum": ["errors", "logs"]},
            "project": TEXT,
            "issueId": TEXT_OR_NULL,
            "permalink": TEXT_OR_NULL,
        },
    ),
    "ErrorCheck": _object(
        "The correlation ids that have errors.",
        {"correlationIds": _list(TEXT), "meta": reference("Meta")},
    ),
    "GroupPage": _object(
        "Events grouped by correlation id, the latest first.",
        {
            "groups": _list(reference("Group")),
            "environments": COUNTS,
            "hasMore": FLAG,
            "nextCursor": TEXT_OR_NULL,
            "meta": reference("Meta"),
        },
    ),
    "Group": _object(
        "The events of one correlation id.",
        {
            "correlationId": TEXT,
            "count": NUMBER,
            "levels": COUNTS,
            "maxLevel": TEXT,
            "firstSeen": TIME,
            "lastSeen": TIME,
            "environments": COUNTS,
        },
    ),
}
