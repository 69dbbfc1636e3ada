from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import responses

from sentry_logs.client import SentryClient, SentryConfig, transport

TOKEN = "sntryi_0123456789abcdef"
BASE = "https://sentry.example.com/api/0"
EVENTS = f"{BASE}/organizations/acme/events/"
WINDOW = {"start": datetime(2026, 8, 1, tzinfo=UTC), "end": datetime(2026, 8, 2, tzinfo=UTC)}

Handler = Callable[[socket.socket], None]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "PAUSE", (0.0, 0.0))


@pytest.fixture
def config() -> SentryConfig:
    return SentryConfig(url="https://sentry.example.com", org="acme", projects=("42",), token=TOKEN)


@pytest.fixture
def client(config: SentryConfig) -> Iterator[SentryClient]:
    client = SentryClient(config)
    yield client
    client.close()


@pytest.fixture
def sentry() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


class RawServer:
    """A real socket that answers each connection with a function; it counts connections and requests."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.connections = 0
        self.requests: list[bytes] = []
        self.over = threading.Event()
        self.open: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            while head := read_head(sock):
                self.requests.append(head)
                self.handler(sock)
        except OSError:
            pass

    def drip(self, sock: socket.socket, data: bytes) -> None:
        """Send a byte every 50 ms, for ever, until the other side or the test is over."""
        for byte in data:
            sock.sendall(bytes([byte]))
            if self.over.wait(0.05):
                return

    def close(self) -> None:
        self.over.set()
        for sock in (self.listener, *self.open):
            # Only a shutdown wakes a thread that waits in accept or recv.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()


def read_head(sock: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = sock.recv(1)
        if not byte:
            return b""
        head += byte
    return head


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


@pytest.fixture
def serve() -> Iterator[Callable[[Handler], RawServer]]:
    servers: list[RawServer] = []

    def start(handler: Handler) -> RawServer:
        servers.append(RawServer(handler))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def connect() -> Iterator[Callable[..., SentryClient]]:
    clients: list[SentryClient] = []

    def make(port: int, **settings: object) -> SentryClient:
        values = {"url": f"http://127.0.0.1:{port}", "org": "acme", "projects": ("42",), "token": TOKEN}
        clients.append(SentryClient(SentryConfig(**{**values, **settings})))
        return clients[-1]

    yield make
    for client in clients:
        client.close()
