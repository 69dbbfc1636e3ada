"""Messages as the platforms send them, and ways to spoil them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.ingest.platforms.base import Incoming, Platform, SignatureRefused

HERE = Path(__file__).parent
SIGNED_AT = datetime(2026, 11, 21, 9, 42, 11, tzinfo=UTC)
"""When the samples were signed, by the senders' clocks."""


@dataclass(frozen=True)
class Sample:
    name: str
    url: str
    headers: dict[str, str]
    body: bytes

    def incoming(self, **changes: Any) -> Incoming:
        """Return it as a request that comes in when it was signed; `headers` are added to its own."""
        headers = self.headers | changes.pop("headers", {})
        arrived = Incoming(url=self.url, headers=headers, body=self.body, now=SIGNED_AT)
        return replace(arrived, **changes)


def samples(platform: str) -> dict[str, Sample]:
    """Return a platform's samples by name, header names in lower case as a request has them."""
    return {
        one["name"]: Sample(
            name=one["name"],
            url=one.get("url", f"https://desk.example.test/webhooks/production/{platform}/"),
            headers={name.lower(): value for name, value in one["headers"].items()},
            body=one["raw_body"].encode(),
        )
        for one in read(platform)["samples"]
    }


def read(platform: str) -> Any:
    return json.loads((HERE / "samples" / f"{platform}.json").read_text())


def reasons(platform: str) -> list[str]:
    """Return the values that a platform documents."""
    lines = (HERE / "reasons" / f"{platform}.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


MALFORMED: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b"hello",
    "truncated": b'{"message": {"type": "hang"',
    "array": b"[]",
    "array of objects": b'[{"event": "call_ended"}]',
    "number": b"7",
    "text": b'"call_ended"',
    "null": b"null",
    "NaN": b"NaN",
    "empty object": b"{}",
    "deep": b"[" * 100_000,
    "deep objects": b'{"message":' * 100_000 + b"1" + b"}" * 100_000,
    "somewhat deep": b'{"call":' * 500 + b"1" + b"}" * 500,
    "long number": b'{"event": ' + b"9" * 5_000 + b"}",
    "UTF-16": '{"event": "call_ended"}'.encode("utf-16"),
    "not UTF-8": b'{"event": "\xff\xfe"}',
    "NUL": b'{"event": "a\x00b"}',
    "form": b"event=call_ended&call_id=1",
    "arrays for objects": b'{"message": [], "event": [], "call": [], "data": [], "type": []}',
    "numbers for objects": b'{"message": 1, "event": 2, "call": 3, "data": 4, "type": 5}',
}
"""Bodies that no platform sends."""

ODD_VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "empty": "",
    "spaces": "   ",
    "NUL": "a\x00b",
    "lone surrogate": "\ud800 and \udfff",
    "right to left": "\u202eabc\u200b\U0001f600",
    "combining": "e" + "\u0301" * 10_000,
    "long": "x" * 10_000,
    "quotes": "\"'`*\\\n../%_[]",
    "negative": -1,
    "huge": 10**300,
    "long number": int("9" * 4_000),
    "huge float": 1e308,
    "year 1": "0001-01-01T00:00:00Z",
    "year 9999": "9999-12-31T23:59:59-14:00",
    "odd digits": "\uff11\uff12\uff13",
    "nan": "nan",
    "infinity": "-Infinity",
    "array": [],
    "array of arrays": [[[[]]]],
    "object": {"a": {"b": {"c": [1, None, "x"]}}},
    "anonymous": "anonymous",
}
"""What to put where a platform puts something sensible."""


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every place in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, item in pairs for deeper in paths(item, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """Return a copy of a JSON value with something odd at a path."""
    if not path:
        return odd
    copy = value.copy()
    copy[path[0]] = changed(copy[path[0]], path[1:], odd)
    return copy


def refusal(verify: Callable[[], None]) -> str:
    """Return the reason for which a message is refused."""
    with pytest.raises(SignatureRefused) as refused:
        verify()
    return refused.value.reason


def verifying(platform: Platform, incoming: Incoming, secret: Any) -> Callable[[], None]:
    return lambda: platform.verify(incoming, secret)
