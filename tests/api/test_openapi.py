"""The OpenAPI document and its page say what the doors do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import get_resolver, resolve
from django.urls.resolvers import URLPattern, URLResolver

from dashboard.address_limit import AddressLimit
from dashboard.api import listing, posting
from dashboard.api.openapi import document
from dashboard.api.schemas import DETAIL, EXAMPLE
from dashboard.calls.models import Call
from dashboard.calls.shape import call_as_json
from dashboard.keys import refusing
from dashboard.keys.models import ApiKey
from sentry_logs import services
from sentry_logs.unavailable import LogsUnavailable
from tests.api.test_calls_posted import FULL, call
from tests.factories import make_call

ROOT = Path(__file__).resolve().parents[2]
METHODS = ("get", "post", "put", "patch", "delete", "options", "trace")
SAMPLES = {"{platform}": "other", "{platformCallId}": "a"}
GOOD = {"/api/sentry/events": {"correlationId": "a"}}


@pytest.fixture
def told(db) -> dict[str, Any]:
    return document()


def address(path: str) -> str:
    for name, sample in SAMPLES.items():
        path = path.replace(name, sample)
    return path


def keyed(scope: str) -> Client:
    secret = ApiKey.create(f"key {ApiKey.objects.count()}", scope)[1]
    return Client(headers={"Authorization": f"Bearer {secret}"})


def operations(told: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, door) for path, doors in told["paths"].items() for method, door in doors.items()]


def test_every_documented_path_is_a_door_and_every_door_is_documented(told):
    doors = set()

    def walk(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> None:
        for pattern in patterns:
            here = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, here)
            elif here.startswith("/api/"):
                doors.add(here)

    walk(get_resolver().url_patterns)

    written = {re.sub(r"<\w+:(\w+)>", _in_braces, door) for door in doors}
    assert written - {"/api/"} == set(told["paths"])
    assert all(resolve(address(path)) for path in told["paths"])


def _in_braces(match: re.Match[str]) -> str:
    first, *rest = match[1].split("_")
    return "{" + first + "".join(word.capitalize() for word in rest) + "}"


def test_every_documented_method_is_taken_and_no_other(told, sandbox):
    make_call(platform="other", platform_call_id="a")
    for path, doors in told["paths"].items():
        for method in METHODS:
            client = keyed("ingest" if (path, method) == ("/api/calls", "post") else "read")
            answer = client.generic(method.upper(), address(path), QUERY_STRING="")
            assert (answer.status_code == 405) is (method not in doors), (path, method, answer.status_code)


def test_parameters_are_those_the_doors_take(told, sandbox):
    make_call(platform="other", platform_call_id="a")
    client = keyed("read")
    for path, method, door in operations(told):
        if method != "get" or path == "/api/openapi.json":
            continue
        asked = {one["name"]: one["schema"] for one in door.get("parameters", []) if one["in"] == "query"}
        for name, schema in asked.items():
            value = (
                schema.get("default") or [*schema.get("enum", []), *schema.get("examples", []), "error"][0]
            )
            if name == "cursor":
                continue
            answer = client.get(address(path), GOOD.get(path, {}) | {name: value})
            assert answer.status_code == 200, (path, name, value, answer.content)
        wrong = client.get(address(path), GOOD.get(path, {}) | {"nonsense": "1"})
        assert wrong.json()["error"]["code"] == "unknown_parameter"


def _refused_by_sentry(*_args: object, **_more: object) -> None:
    raise LogsUnavailable("Sentry is not there.", code="unreachable")


def _slow_sentry(*_args: object, **_more: object) -> None:
    raise LogsUnavailable("Sentry is slow.", code="timeout")


def _paused_sentry(*_args: object, **_more: object) -> None:
    raise LogsUnavailable("Sentry has had enough.", code="paused")


def _no_database(*_args: object, **_more: object) -> None:
    raise OperationalError("gone")


SENTRY = {502: _refused_by_sentry, 503: _paused_sentry, 504: _slow_sentry}
ASKING = ("events_for_call", "error_correlation_ids", "grouped_events")
BODIES: dict[int, Any] = {
    201: call(1),
    200: [],
    400: "{",
    413: [call()] * 1001,
    422: {},
}


def ask(path: str, method: str, status: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Bring about an answer of a status at a door, in the simplest way."""
    if status == 429:
        monkeypatch.setattr(refusing, "limit", AddressLimit(0))
        return Client(headers={"Authorization": "Bearer wrong"}).generic(method.upper(), address(path))
    if method == "post":
        return _post(status, monkeypatch)
    client = keyed("ingest" if status == 403 else "read")
    if status == 401:
        client = Client(headers={"Authorization": "Bearer wrong"})
    parameters = GOOD.get(path, {}) | ({"nonsense": "1"} if status == 400 else {})
    if status in SENTRY:
        parameters |= {"errors": "1"} if path == "/api/calls" else {}
        for name in ASKING:
            monkeypatch.setattr(services, name, SENTRY[status])
        monkeypatch.setattr(listing, "ids_with_errors", SENTRY[status])
    if status == 503 and "{" in path:
        monkeypatch.setattr(listing, "call_as_json", _no_database)
    return client.get(address(path) + ("x" if status == 404 else ""), parameters)


def _post(status: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    client = Client() if status == 401 else keyed("read" if status == 403 else "ingest")
    more: dict[str, Any] = {"headers": {"Content-Encoding": "gzip"}} if status == 415 else {}
    body = BODIES.get(status, call(2))
    if status == 411:
        more = {"CONTENT_LENGTH": ""}
    if status == 503:
        monkeypatch.setattr(posting, "record_reports", _no_database)
    data = body if isinstance(body, str) else json.dumps(body)
    return client.post("/api/calls", data, content_type="application/json", **more)


def test_every_documented_status_can_be_had_in_its_shape(told, sandbox, monkeypatch):
    make_call(platform="other", platform_call_id="a")
    for path, method, door in operations(told):
        for status, promised in door["responses"].items():
            with monkeypatch.context() as patch:
                answer = ask(path, method, int(status), patch)
            assert answer.status_code == int(status), (path, method, status, answer.content)
            assert_shape(answer.json(), promised["content"]["application/json"]["schema"], told, path)


def assert_shape(value: Any, schema: dict[str, Any], told: dict[str, Any], place: str) -> None:
    """Check names and kinds as far as our own document goes: an answer has every field and no other."""
    while "$ref" in schema:
        found: Any = told
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    if value is None or not schema.get("properties"):
        return
    written = {name for name, part in schema["properties"].items() if not part.get("writeOnly")}
    required = set(schema.get("required", []))
    assert required <= set(value) <= written, (place, set(value) ^ written)
    for name, part in value.items():
        inner = schema["properties"][name]
        if isinstance(part, list) and "items" in inner:
            for one in part:
                assert_shape(one, inner["items"], told, f"{place}.{name}")
        else:
            assert_shape(part, inner, told, f"{place}.{name}")


def test_a_call_is_described_as_it_is_given_out(told):
    fields = told["components"]["schemas"]["Call"]["properties"]
    given = {name for name, part in fields.items() if not part.get("writeOnly")}
    stored = Call.objects.get(pk=make_call().pk)

    assert set(call_as_json(stored, detail=True)) == given
    assert set(call_as_json(stored, detail=False)) == given - DETAIL
    assert set(told["components"]["schemas"]["CallInList"]["properties"]) == given - DETAIL
    assert set(FULL) == given - {"url", "createdAt", "updatedAt"}
    assert all(part.get("description") for name, part in fields.items())


def test_the_example_of_the_page_works(told, support_client):
    page = support_client.get("/api/").content.decode()
    assert "&quot;platformCallId&quot;: &quot;call_9f3c1e70a1b24d55&quot;" in page

    answer = keyed("ingest").post("/api/calls", json.dumps(EXAMPLE), content_type="application/json")

    assert answer.status_code == 201


def test_every_reference_leads_somewhere(told):
    for name in re.findall(r'"\$ref": "#/components/schemas/([\w/]+)"', json.dumps(told)):
        found: Any = told["components"]["schemas"]
        for step in name.split("/"):
            found = found[step]


def test_it_says_3_1_and_gives_each_door_one_name(told):
    names = [door["operationId"] for _path, _method, door in operations(told)]

    assert told["openapi"].startswith("3.1") and len(names) == len(set(names))
    assert keyed("read").get("/api/openapi.json").json() == told


def test_the_page_is_for_people(support_client, db):
    page = support_client.get("/api/")
    text = page.content.decode()

    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    for path, _method, door in operations(document()):
        assert f"<code>{path}</code>" in text and f'id="{door["operationId"]}"' in text
    links = set(re.findall(r'href="#([\w-]+)"', text))
    assert links - {"main"} <= set(re.findall(r'id="([\w-]+)"', text))
    assert 'href="/api/"' in support_client.get("/calls/").content.decode()
    # A key is for programs; the page takes a session only.
    assert keyed("read").get("/api/").status_code == 401


def test_the_docs_name_every_door_field_and_parameter_of_calls(told):
    docs = (ROOT / "docs" / "api.md").read_text()
    fields = told["components"]["schemas"]["Call"]["properties"]
    asked = told["paths"]["/api/calls"]["get"]["parameters"]

    assert {name for name in fields if f"`{name}`" not in docs} == set()
    assert {one["name"] for one in asked if f"| `{one['name']}` |" not in docs} == set()
    for path, method, _door in operations(told):
        written = re.sub(r"{(\w+)}", r"<\1>", path)
        assert f"`{written}`" in docs or f"`{method.upper()} {written}`" in docs
