"""Trouble on the wire that no WSGI server can make: a TCP proxy, certificates, a Redis of one's own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

SOON = 0.01


class TcpProxy:
    """Stands between two sides on 127.0.0.1. `mode` decides what happens to what the server says.

    pass; drip (a byte at a time); cut (after `cut_at` bytes); reset; hang (nothing comes); late (0.1 s);
    once (the connection ends without a word after the first answer).
    """

    def __init__(self, target: int, tls: ssl.SSLContext | None = None) -> None:
        self.target = target
        self.tls = tls
        self.mode = "pass"
        self.cut_at = 0
        self.connections = 0
        self.replies = 0
        self.over = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]

    def down(self) -> None:
        """Refuse connections, and end those that are open."""
        close(self._listener)
        for sock in self._open:
            close(sock)

    def up(self) -> None:
        self._listener = self._listen(self.port)

    def stop(self) -> None:
        self.over.set()
        self.down()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._open.append(client)
            if self.tls:
                client = self.tls.wrap_socket(client, server_side=True)
                self._open.append(client)
            server = socket.create_connection(("127.0.0.1", self.target))
            self._open.append(server)
            threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
            self._backward(server, client)
        close(client)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65_536):
                server.sendall(data)
        close(server)

    def _backward(self, server: socket.socket, client: socket.socket) -> None:
        sent = 0
        while data := server.recv(65_536):
            self.replies += 1
            if self.mode == "hang":
                self.over.wait(60)
                return
            if self.mode == "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if self.mode == "late":
                self.over.wait(0.1)
            if self.mode == "cut":
                client.sendall(data[: max(0, self.cut_at - sent)])
                return
            if self.mode == "drip":
                self._drip(client, data)
            else:
                client.sendall(data)
            sent += len(data)
            if self.mode == "once":
                return

    def _drip(self, client: socket.socket, data: bytes) -> None:
        for byte in data:
            client.sendall(bytes([byte]))
            if self.over.wait(SOON):
                return


def close(sock: socket.socket) -> None:
    # Only a shutdown wakes a thread that waits in accept or recv.
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """A port that neither accepts nor refuses: connecting to it times out."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


AUTHORITY = """
[ca]
default_ca = own
[own]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = names
x509_extensions = extensions
[names]
commonName = supplied
[extensions]
subjectAltName = {name}
"""


def certificate(folder: Path, name: str, *, year: int) -> Path:
    """Make a key and a certificate for one address that is good in one year, signed by itself."""
    (folder / "ca.cnf").write_text(AUTHORITY.format(name=name))
    (folder / "index").touch()
    (folder / "serial").write_text("01")
    request = "req -newkey rsa:2048 -nodes -subj /CN=sentry -keyout key.pem -out request.pem"
    dates = f"-startdate {year}0101000000Z -enddate {year + 1}0101000000Z"
    sign = f"ca -config ca.cnf -batch -selfsign -keyfile key.pem -in request.pem -out own.pem -notext {dates}"
    for command in (request, sign):
        subprocess.run(["openssl", *command.split()], check=True, capture_output=True, cwd=folder)
    return folder / "own.pem"


def server_context(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, path.with_name("key.pem"))
    return context


class RedisServer:
    def __init__(self, binary: str, folder: Path) -> None:
        self.binary, self.folder, self.port = binary, folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = self._start()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        process = subprocess.Popen(
            [self.binary, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(lambda: _answers(self.port))
        return process


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as sock:
            sock.sendall(b"PING\r\n")
            return sock.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def until(condition, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)
