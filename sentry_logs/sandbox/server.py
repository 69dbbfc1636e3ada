"""A small threaded WSGI server: HTTP/1.1 with keep-alive on 127.0.0.1, quiet, and rude on demand."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import unquote

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
MAX_BODY = 64 * 1024 * 1024
DELIVERY = "sandbox.delivery"
SENT = "sandbox.sent"


class Handler(BaseHTTPRequestHandler):
    """Serve one connection: build the WSGI environ, call the app, write the answer in one piece."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        """Send small answers at once, and let the server know the connection."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Let the server forget the connection."""
        self.server.connections.discard(self.connection)
        super().finish()

    def handle(self) -> None:
        """Answer requests until the client goes away, however it does that."""
        try:
            super().handle()
        except (ConnectionError, TimeoutError, ValueError, OSError):
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the sandbox has its own request log."""

    def answer(self) -> None:
        """Answer one request of any method."""
        body = self._body()
        if body is None:
            return
        environ = self._environ(body)
        started: list[Any] = []
        chunks = self.server.app(environ, lambda status, headers, exc=None: started.extend((status, headers)))
        data = b"".join(chunks)
        status, headers = started
        head = self._head(status, headers)
        sent = len(head) if self.command == "HEAD" else len(head) + len(data)
        environ.get(SENT, lambda size: None)(sent)
        self._deliver(head, b"" if self.command == "HEAD" else data, environ.get(DELIVERY))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = answer

    def _body(self) -> bytes | None:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunked()
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.close_connection = True
            return None
        return self.rfile.read(length)

    def _chunked(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "RAW_URI": self.path,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_PORT": str(self.client_address[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        return environ

    def _head(self, status: str, headers: list[tuple[str, str]]) -> bytes:
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
        lines.append(f"Date: {self.date_time_string()}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _deliver(self, head: bytes, body: bytes, fault: Any) -> None:
        kind = fault.kind if fault else ""
        if kind in ("close", "cut"):
            self.close_connection = True
        if kind == "close":
            return
        if kind == "drip_headers":
            self._drip(head + body, fault.settings)
        elif kind == "drip_body":
            self.wfile.write(head)
            self._drip(body, fault.settings)
        else:
            self.wfile.write(head + (body[: len(body) // 2] if kind == "cut" else body))

    def _drip(self, data: bytes, settings: dict[str, Any]) -> None:
        chunk = settings.get("chunk", 1)
        for at in range(0, len(data), chunk):
            if self.server.stopping:
                break
            self.wfile.write(data[at : at + chunk])
            time.sleep(settings.get("seconds", 0.2))


class Server(ThreadingHTTPServer):
    """Threads for connections; `stop` ends them all."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, app: WSGIApp, port: int) -> None:
        self.app = app
        self.stopping = False
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)
        self._thread = Thread(target=self.serve_forever, args=(0.02,), name="sentry-sandbox", daemon=True)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: a client that hangs up is none of our business."""

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and close every connection."""
        self.stopping = True
        self.shutdown()
        self._thread.join()
        self.server_close()
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def status_line(status: int) -> str:
    """Write a WSGI status, such as `404 Not Found`."""
    return f"{status} {responses.get(status, 'Unknown')}"
