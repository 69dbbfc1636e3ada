"""Every operation of the OpenAPI document, asked well and badly, keeps what the document says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from dashboard.api.openapi import document as made
from dashboard.api.schemas import EXAMPLE
from tests.input.asking import Answer, Asker, told
from tests.input.tally import tried
from tests.input.walking import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
    wrong_values,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
FILLED = {"platform": "vapi", "platformCallId": "call-1"}


@pytest.fixture
def document(db) -> Any:
    return made()


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path.format(**FILLED), method.upper(), operation


def needed(operation: Any) -> dict[str, str]:
    wanted = [one for one in operation.get("parameters", ()) if one["required"] and one["in"] == "query"]
    return {one["name"]: "call-1" for one in wanted}


def ask(asker: Asker, path: str, method: str, query: dict[str, str], value: Any = EXAMPLE) -> Answer:
    tried["OpenAPI"] += 1
    body = json.dumps({"environment": "production", **value}).encode() if method == "POST" else b""
    return asker.ask(f"{path}?{urlencode(query)}", method, body, {"Content-Type": "application/json"})


def conforms(operation: Any, answer: Answer, document: Any) -> Iterator[str]:
    for check in (not_a_server_error, status_code_conformance, content_type_conformance):
        yield from (f"{check.__name__}: {wrong}" for wrong in check(operation, answer))
    if answer.body:
        for wrong in response_schema_conformance(operation, answer, document):
            yield f"response_schema_conformance: {wrong}"


def fitting(method: str, reader: Asker, sender: Asker) -> Asker:
    return sender if method == "POST" else reader


def test_a_good_question_is_answered_as_declared(reader, sender, call, sentry, document):
    failures = []
    for path, method, operation in operations(document):
        answer = ask(fitting(method, reader, sender), path, method, needed(operation))
        assert answer.status in (200, 201), (path, answer)
        failures += [f"{method} {path}: {wrong}" for wrong in conforms(operation, answer, document)]
    assert not failures, told(failures)


def test_negative_data_rejection(reader, sender, call, sentry, document):
    failures = []
    for path, method, operation in operations(document):
        asker = fitting(method, reader, sender)
        for one in operation.get("parameters", ()):
            for value in wrong_values(one["schema"], document):
                query, where = needed(operation) | {one["name"]: str(value)}, path
                if one["in"] == "path":
                    query, where = (
                        needed(operation),
                        path.replace(f"/{FILLED[one['name']]}", f"/{quote(str(value))}"),
                    )
                answer = ask(asker, where, method, query)
                wrong = list(conforms(operation, answer, document))
                wrong += [f"taken: {answer.status}"] if answer.status < 400 else []
                failures += [f"{method} {where} {one['name']}={value!r}: {each}" for each in wrong]
        answer = ask(asker, path, method, needed(operation) | {"noSuchParameter": "1"})
        if operation.get("parameters") and answer.status != 400:
            failures.append(f"{method} {path}: an unknown parameter was taken")
    assert not failures, told(failures)


def test_negative_bodies_are_rejected_field_by_field(sender, document):
    operation = document["paths"]["/api/calls"]["post"]
    failures = []
    for name, schema in document["components"]["schemas"]["Call"]["properties"].items():
        for value in wrong_values(schema, document):
            answer = ask(sender, "/api/calls", "POST", {}, {**EXAMPLE, name: value})
            wrong = list(conforms(operation, answer, document))
            wrong += (
                [f"taken: {answer.status}"] if answer.status != 422 and not schema.get("readOnly") else []
            )
            failures += [f"{name}={value!r}: {each}" for each in wrong]
    assert not failures, told(failures)


def test_missing_required_header(reader, sender, sentry, document):
    """A body without a length, in disguise, and a question without its only needed parameter."""
    post = document["paths"]["/api/calls"]["post"]
    answers = [
        sender.ask("/api/calls", "POST", b"{}", {"Content-Encoding": "gzip"}),
        sender.ask("/api/calls", "POST", b"{}", CONTENT_LENGTH=""),
    ]
    failures = [wrong for answer in answers for wrong in conforms(post, answer, document)]
    assert [answer.status for answer in answers] == [415, 411] and not failures, told(failures)
    for path, method, operation in operations(document):
        if needed(operation):
            answer = ask(reader, path, method, {})
            assert answer.status == 400 and not list(conforms(operation, answer, document))


def test_ignored_auth(nobody, reader, sender, call, sentry, document):
    bad = Asker(nobody.application, {"Authorization": "Bearer ard_" + "a" * 43})
    failures = []
    for path, method, operation in operations(document):
        other = reader if method == "POST" else sender
        stranger = 404 if path == "/api/openapi.json" else 401
        for asker, status in ((nobody, stranger), (bad, 401), (other, 403)):
            answer = ask(asker, path, method, needed(operation))
            wrong = list(conforms(operation, answer, document))
            wrong += [f"{answer.status}, not {status}"] if answer.status != status else []
            failures += [f"{method} {path}: {each}" for each in wrong]
    assert not failures, told(failures)


def test_unsupported_method(reader, document):
    for path, methods in document["paths"].items():
        taken = {method.upper() for method in methods} | ({"HEAD"} if "get" in methods else set())
        for method in METHODS:
            answer = ask(reader, path.format(**FILLED), method, {})
            if method not in taken:
                assert answer.status == 405, (method, path, answer.status)
                assert set(answer.headers["allow"].split(", ")) >= taken - {"HEAD"}
