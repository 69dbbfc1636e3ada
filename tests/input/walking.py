"""What our OpenAPI document promises, as checks of an answer, by the names that schemathesis gives them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.input.asking import Answer

Schema = Mapping[str, Any]
OURS = "application/json"


def not_a_server_error(operation: Schema, answer: Answer) -> Iterator[str]:
    if answer.status >= 500:
        yield f"{answer.status}"


def status_code_conformance(operation: Schema, answer: Answer) -> Iterator[str]:
    if str(answer.status) not in operation["responses"]:
        yield f"{answer.status} is not declared"


def content_type_conformance(operation: Schema, answer: Answer) -> Iterator[str]:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    declared = operation["responses"].get(str(answer.status), {}).get("content", {OURS: {}})
    if kind not in declared:
        yield f"{kind} is not declared"


def response_schema_conformance(operation: Schema, answer: Answer, document: Schema) -> Iterator[str]:
    content = operation["responses"].get(str(answer.status), {}).get("content", {})
    if OURS in content:
        yield from misfits(json.loads(answer.body), content[OURS]["schema"], document)


KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def resolved(schema: Schema, document: Schema) -> Schema:
    while "$ref" in schema:
        part: Any = document
        for name in schema["$ref"].removeprefix("#/").split("/"):
            part = part[name]
        schema = part
    return schema


def misfits(value: Any, schema: Schema, document: Schema, at: str = "$") -> Iterator[str]:
    """Yield where a value is not what a schema says, by the keywords that our document uses."""
    schema = resolved(schema, document)
    for word in ("anyOf", "oneOf"):
        ways = [list(misfits(value, way, document, at)) for way in schema.get(word, ())]
        if ways and all(ways):
            yield f"{at} fits none of {word}"
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(_is(value, kind) for kind in kinds):
            yield f"{at} is {type(value).__name__}, not {schema['type']}"
            return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} is {value!r}, not in {schema['enum']}"
    if isinstance(value, dict):
        yield from (f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value)
        for name, part in value.items():
            if name in schema.get("properties", {}):
                yield from misfits(part, schema["properties"][name], document, f"{at}.{name}")
            elif schema.get("additionalProperties", True) is False:
                yield f"{at}.{name} is not declared"
    if isinstance(value, list) and "items" in schema:
        for number, part in enumerate(value):
            yield from misfits(part, schema["items"], document, f"{at}[{number}]")


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def wrong_values(schema: Schema, document: Schema) -> Iterator[Any]:
    """Yield what a parameter's or a field's schema forbids."""
    schema = resolved(schema, document)
    ways = [resolved(way, document) for way in schema.get("anyOf", [schema])]
    ways = [resolved(way["items"], document) if way.get("type") == "array" else way for way in ways]
    if not any("enum" in way or way.get("type") in ("integer", "number") for way in ways):
        return
    yield "no-such-value"
    for way in ways:
        if "minimum" in way:
            yield way["minimum"] - 1
        if "maximum" in way:
            yield way["maximum"] + 1
        if way.get("type") == "integer":
            yield from ("1.5", "one")
