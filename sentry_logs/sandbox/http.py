from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the sandbox's endpoints see it; header names are lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes
    base_url: str
    target: str

    def all(self, name: str) -> list[str]:
        """Give every value of a query parameter, in the order sent."""
        return [value for key, value in self.query if key == name]

    def last(self, name: str) -> str | None:
        """Give the last value of a query parameter, as Django's `GET.get` does."""
        values = self.all(name)
        return values[-1] if values else None


@dataclass(slots=True)
class Response:
    """One answer; `headers` are added to the content type and length."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: list[tuple[str, str]] = field(default_factory=list)

    def header_pairs(self) -> Iterator[tuple[str, str]]:
        """List every header to be sent."""
        yield "Content-Type", self.content_type
        yield "Content-Length", str(len(self.body))
        yield from self.headers


def json_response(body: Any, status: int = 200, headers: list[tuple[str, str]] | None = None) -> Response:
    """Answer with JSON; a body of `None` is an empty body."""
    data = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    return Response(status, data, JSON, headers or [])
