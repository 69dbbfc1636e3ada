"""The page that shows the API to people, made from the same document that programs read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.api.openapi import document
from dashboard.api.schemas import EXAMPLE, REFERENCE
from dashboard.http import Request
from dashboard.people.doors import needs
from dashboard.people.roles import SEE_CALLS

Schema = dict[str, Any]
KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}
KEY = "ard_…"
IN_EXAMPLES = {
    "platform": "other",
    "platformCallId": str(EXAMPLE["platformCallId"]),
    "correlationId": str(EXAMPLE["platformCallId"]),
}
SENT = ("Call", "Turn", "ToolCall", "Cost", "Alias")


@dataclass(frozen=True, slots=True)
class Field:
    """A row of a table: `shape` is what its value is made of, `words` are what it can be."""

    name: str
    kind: str
    shape: str
    words: list[str]
    about: str
    required: bool
    default: str


@dataclass(frozen=True, slots=True)
class Door:
    anchor: str
    method: str
    path: str
    summary: str
    about: str
    scope: str
    parameters: list[Field]
    sends: list[str]
    answers: list[dict[str, Any]]
    curl: str


@needs(SEE_CALLS)
@require_safe
def reference(request: Request) -> HttpResponse:
    told = document()
    known: dict[str, Schema] = told["components"]["schemas"]
    root = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    context = {
        "doors": [
            _door(root, path, method, door, known)
            for path, doors in told["paths"].items()
            for method, door in doors.items()
        ],
        "shapes": [_shape(name, known) for name, shape in known.items() if "properties" in shape],
    }
    return render(request, "api/reference.html", context)


def _door(root: str, path: str, method: str, told: dict[str, Any], known: dict[str, Schema]) -> Door:
    fields = [
        _field(one["name"], one["schema"], one["required"], known, one["description"])
        for one in told.get("parameters", [])
    ]
    return Door(
        anchor=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        about=told["description"],
        scope="ingest" if "requestBody" in told else "read",
        parameters=fields,
        sends=["Call"] if "requestBody" in told else [],
        answers=[_answered(status, answer) for status, answer in told["responses"].items()],
        curl=_curl(root, path, method, told),
    )


def _answered(status: str, answer: dict[str, Any]) -> dict[str, Any]:
    shape = _referred(answer["content"]["application/json"]["schema"])
    return {"status": status, "about": answer["description"], "shape": shape}


def _curl(root: str, path: str, method: str, told: dict[str, Any]) -> str:
    wanted = [one for one in told.get("parameters", []) if one["required"] and one["name"] in IN_EXAMPLES]
    for one in wanted:
        path = path.replace(f"{{{one['name']}}}", quote(IN_EXAMPLES[one["name"]], safe=""))
    query = urlencode({one["name"]: IN_EXAMPLES[one["name"]] for one in wanted if one["in"] == "query"})
    url = root + path + (f"?{query}" if query else "")
    line = f'curl "{url}" -H "Authorization: Bearer {KEY}"'
    if method == "get":
        return line
    facts = ",\n  ".join(f"{json.dumps(name)}: {json.dumps(fact)}" for name, fact in EXAMPLE.items())
    return f"{line} \\\n  -H \"Content-Type: application/json\" -d '{{\n  {facts}\n}}'"


def _shape(name: str, known: dict[str, Schema]) -> dict[str, Any]:
    shape = known[name]
    required = shape.get("required", []) if name in SENT else []
    own = {
        field: part for field, part in shape["properties"].items() if "/properties/" not in _referred(part)
    }
    fields = [_field(field, part, field in required, known) for field, part in own.items()]
    return {"name": name, "about": shape.get("description", ""), "fields": fields}


def _field(name: str, schema: Schema, required: bool, known: dict[str, Schema], about: str = "") -> Field:
    core = _core(schema)
    default = schema.get("default", [])
    return Field(
        name=name,
        kind=_kind(core, known),
        shape=_shape_of(core, known),
        words=_words(core, known),
        about=about or schema.get("description", ""),
        required=required,
        default="" if default == [] else str(default),
    )


def _core(schema: Schema) -> Schema:
    """Return what a value is when it is not null."""
    choices: list[Schema] = schema.get("anyOf", [schema])
    return next(one for one in choices if one.get("type") != "null")


def _referred(schema: Schema) -> str:
    return str(schema.get("$ref", "")).removeprefix(REFERENCE)


def _shape_of(core: Schema, known: dict[str, Schema]) -> str:
    """Return which object a value is, or a list of which; empty for anything plain."""
    name = _referred(core.get("items", core))
    return name if "properties" in known.get(name, {}) else ""


def _words(core: Schema, known: dict[str, Schema]) -> list[str]:
    words: list[str] = known.get(_referred(core), core).get("enum", core.get("items", {}).get("enum", []))
    return words


def _kind(core: Schema, known: dict[str, Schema]) -> str:
    """Say the type of a value in words."""
    if name := _referred(core):
        return "word" if "enum" in known.get(name, {}) else name
    types = core.get("type", "anything")
    kind = str(types[0] if isinstance(types, list) else types)
    if kind == "array":
        return f"list of {_referred(core['items']) or 'texts'}" if "items" in core else "list"
    if kind == "string" and "enum" in core:
        return "word"
    if kind == "string" and "maxLength" in core:
        return f"text, up to {core['maxLength']:,}"
    return "time" if core.get("format") == "date-time" else KINDS.get(kind, kind)
