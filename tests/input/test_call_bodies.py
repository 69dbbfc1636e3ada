"""Bodies of POST /api/calls: every field with every odd value, and JSON that is made to hurt."""

from __future__ import annotations

import json
import resource
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.api.schemas import EXAMPLE
from dashboard.ingest.schema import CallIn
from tests.ingest.platforms.conftest import ODD_VALUES
from tests.input.asking import MARKER, Answer
from tests.input.conftest import TIMES, Case, generated, tried_at
from tests.input.mutations import JUNK, mutated

DOOR = "/api/calls"
WHOLE: dict[str, Any] = {**EXAMPLE, "environment": "production"}
FIELDS = [field.alias or name for name, field in CallIn.model_fields.items()]
TEXTS = {"200": "a" * 200, "201": "a" * 201, "20,001": "é" * 20_001, "marker": MARKER, "date": "2026-11-23"}
TEXTS |= {"far": "9999-12-31T23:59:59.999999-23:59", "early": "2000-01-01T00:00:00+23:59"}


def posting(shown: str, body: bytes) -> Case:
    return shown, DOOR, {"method": "POST", "body": body, "headers": {"Content-Type": "application/json"}}


def is_told(answer: Answer, path: str) -> list[str]:
    """What is wrong is told by field, in words."""
    if answer.status in (200, 201, 400, 413):
        return []
    if answer.status != 422:
        return [f"{answer.status}"]
    errors = json.loads(answer.body)["errors"]
    return [] if errors and all(one["reason"].endswith((".", "?")) for one in errors) else [str(errors)]


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_may_hold_anything(sender, field):
    cases = [
        posting(f"{field}: {name}", json.dumps({**WHOLE, field: value}).encode())
        for name, value in (ODD_VALUES | TEXTS).items()
    ]
    without = {name: value for name, value in WHOLE.items() if name != field}
    tried_at("call bodies", sender, [*cases, posting(f"no {field}", json.dumps(without).encode())], is_told)


def test_a_body_may_be_anything(sender):
    bodies = [*JUNK, *mutated(json.dumps(WHOLE).encode(), 1, 150 * TIMES)]
    bodies += [b'{"calls": %b}' % body for body in JUNK if body]
    tried_at("call bodies", sender, [posting(repr(body[:300]), body) for body in bodies], is_told)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@generated(200)
@given(
    st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON, min_size=1, max_size=3), min_size=10, max_size=10)
)
def test_fields_may_hold_any_json(sender, changes):
    cases = [posting(repr(change)[:300], json.dumps({**WHOLE, **change}).encode()) for change in changes]
    tried_at("call bodies, generated", sender, cases, is_told)


BOMBS = {
    "depth": b"[" * 5_000_000 + b"]" * 5_000_000,
    "depth of objects": b'{"a":' * 1_500_000 + b"1" + b"}" * 1_500_000,
    "depth within metadata": json.dumps({**WHOLE, "metadata": {"a": 0}})
    .encode()
    .replace(b'{"a": 0}', b'{"a":' * 900 + b"0" + b"}" * 900),
    "a million keys": b"{" + b",".join(b'"%d":0' % number for number in range(700_000)) + b"}",
    "a key of megabytes": b'{"' + b"k" * 9_000_000 + b'": 1}',
    "a huge number": b'{"durationMs": ' + b"9" * 5_000_000 + b"}",
    "a huge exponent": b'{"durationMs": 1e' + b"9" * 1000 + b"}",
    "many huge numbers": b"[" + b",".join([b"9" * 4000] * 2000) + b"]",
    "equal keys": b"{" + b",".join([b'"platform":"vapi"'] * 400_000) + b"}",
    "ten megabytes of blanks": b" " * 10_000_000 + b"{}",
    "a thousand calls of nothing": b"[" + b",".join([b"{}"] * 1000) + b"]",
    "a thousand calls of junk": b"[" + b",".join([b'{"x":' + b"[" * 60 + b"]" * 60 + b"}"] * 1000) + b"]",
    "a million numbers": b"[" + b"1," * 1_000_000 + b"1]",
    "transcript of a million": b'{"platformCallId":"a","transcript":[' + b"1," * 1_000_000 + b"1]}",
    "escapes": b'{"summary":"' + b"\\ud83d\\ude00" * 700_000 + b'"}',
    "half characters": b'{"summary":"' + b"\\ud800" * 1_000_000 + b'"}',
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_goes_off_nowhere(sender, name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tried_at("JSON bombs", sender, [posting(name, BOMBS[name])], is_told)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 1024
