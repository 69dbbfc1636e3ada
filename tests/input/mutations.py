"""Messages as they should be, each made wrong in one place, drawn with a seed and so the same each time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.ingest.platforms.conftest import ODD_VALUES, changed, paths

DEEP = b"[" * 100_000
JUNK = [b"", b" ", b"null", b"[]", b"{}", b"0", b'"a"', b"NaN", b"\xff", b"\x00", b"\xef\xbb\xbf{}", DEEP]
JUNK += [
    b'{"a":' * 100_000,
    b"[" * 64 + b"]" * 64,
    b"9" * 5000,
    b'{"a":' + b"9" * 5000 + b"}",
    b'{"a":1e999}',
]
JUNK += ["{}".encode("utf-16"), b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b'{"a":1,"a":2}', b"{'a':1}", b"{"]
JUNK += [b"a=b&" * 2000, b"%" * 1000, b"\r\n\r\n", b"<xml/>", b"--b--", b"{" + b'"a":1,' * 50_000 + b'"b":1}']


def mutated(body: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Yield a body with a value put in its place or left out, or with its bytes spoiled."""
    random = Random(seed)
    value = json.loads(body) if body[:1] in b"{[" else None
    places = [place for place in paths(value) if place]
    for _ in range(count):
        if value is not None and places and random.random() < 0.75:
            yield json.dumps(_changed(value, random.choice(places), random)).encode()
        else:
            yield _spoiled(body, random)


def _changed(value: Any, place: tuple[Any, ...], random: Random) -> Any:
    if random.random() < 0.15:
        return _without(value, place)
    if random.random() < 0.2:  # A huge value in a list of many.
        return changed(value, place, [random.choice(list(ODD_VALUES.values()))] * random.choice([1, 3, 200]))
    return changed(value, place, random.choice(list(ODD_VALUES.values())))


def _without(value: Any, place: tuple[Any, ...]) -> Any:
    copy = value.copy()
    if len(place) == 1:
        del copy[place[0]]
    else:
        copy[place[0]] = _without(copy[place[0]], place[1:])
    return copy


def _spoiled(body: bytes, random: Random) -> bytes:
    at, until = sorted((random.randrange(len(body) + 1), random.randrange(len(body) + 1)))
    way = random.randrange(5)
    if way == 0:
        return body[:at]
    if way == 1:
        return body[:at] + random.randbytes(4) + body[at:]
    if way == 2:
        return body[:at] + body[until:]
    if way == 3:
        return body[:until] + body[at:until] + body[until:]
    return (
        body[:at]
        + random.choice([b'"', b"{", b"\\", b"%", b"&", b"\x00", b"\xff", b",", b"="])
        + body[at + 1 :]
    )
