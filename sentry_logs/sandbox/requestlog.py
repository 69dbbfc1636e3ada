from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from sentry_logs.sandbox.http import Request

KEPT = ("authorization", "user-agent", "accept", "accept-encoding", "cookie", "content-type", "host")


@dataclass(slots=True)
class LoggedRequest:
    """One request that reached the sandbox; `sent` is the bytes of the whole answer, 0 until it is ready.

    `connection` is the client's port: equal numbers came over one TCP connection.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    connection: int
    status: int = 0
    sent: int = 0

    def values(self, name: str) -> list[str]:
        """Give every value of a query parameter."""
        return [value for key, value in self.query if key == name]

    def add_sent(self, size: int) -> None:
        """Note how many bytes the answer has."""
        self.sent = size


class RequestLog:
    """The requests in the order they came; safe from many threads."""

    def __init__(self) -> None:
        self._entries: list[LoggedRequest] = []
        self._lock = Lock()

    def add(self, request: Request, connection: int) -> LoggedRequest:
        """Note a request before it is answered."""
        headers = {name: request.headers[name] for name in KEPT if name in request.headers}
        entry = LoggedRequest(request.method, request.path, request.query, headers, connection)
        with self._lock:
            self._entries.append(entry)
        return entry

    def all(self) -> list[LoggedRequest]:
        """List what was noted so far."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Forget every request."""
        with self._lock:
            self._entries.clear()
