from __future__ import annotations

import socket
import ssl
import threading
import time

import pytest

from sentry_logs.client import SentryTimeout, SentryUnreachable

from .conftest import answer

BODY = b'{"id": "42", "slug": "web", "name": "Web"}'
ENDLESS = b"x" * 100_000


def seconds_until_given_up(client) -> float:
    start = time.monotonic()
    with pytest.raises(SentryTimeout):
        client.project("web")
    return time.monotonic() - start


@pytest.mark.parametrize(
    ("opening", "timeout"),
    [
        pytest.param(b"", 1, id="dripped headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n", 1, id="dripped body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Slow: ", 0.3, id="dripped header value"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 0.3, id="dripped body without a length"
        ),
    ],
)
def test_an_answer_that_drips_ends_at_the_deadline(serve, connect, opening, timeout):
    def drip(sock):
        sock.sendall(opening)
        server.drip(sock, b"HTTP/1.1 200 OK\r\nX: " + ENDLESS if not opening else ENDLESS)

    server = serve(drip)

    assert timeout - 0.1 < seconds_until_given_up(connect(server.port, timeout=timeout)) < timeout + 0.5


def test_a_server_that_says_nothing_ends_at_the_deadline(serve, connect):
    server = serve(lambda sock: server.over.wait())

    assert 0.4 < seconds_until_given_up(connect(server.port, timeout=0.5)) < 1


def test_a_server_that_does_not_accept_ends_at_the_deadline(connect):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())

        assert seconds_until_given_up(connect(listener.getsockname()[1], timeout=0.5)) < 1
        for filler in fillers:
            filler.close()


def test_a_slow_name_lookup_ends_at_the_deadline(connect, monkeypatch):
    over = threading.Event()

    def hang(*args, **kwargs):
        over.wait(5)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    assert seconds_until_given_up(connect(1, url="http://sentry.invalid", timeout=0.3)) < 0.8
    over.set()


def test_a_tls_handshake_that_drips_ends_at_the_deadline(serve, connect):
    server = serve(lambda sock: None)
    server._serve = lambda sock: server.drip(sock, b"\x16\x03\x03\x40\x00" + ENDLESS)

    client = connect(server.port, url=f"https://127.0.0.1:{server.port}", timeout=0.5)
    assert seconds_until_given_up(client) < 1


def test_the_retry_and_the_lookup_share_the_deadline(serve, connect):
    def slow_failure(sock):
        server.over.wait(0.4)
        sock.sendall(answer(b"", status="503 Busy"))

    server = serve(slow_failure)

    assert seconds_until_given_up(connect(server.port, timeout=0.6)) < 1
    assert len(server.requests) == 2


def test_the_pool_is_clean_after_a_cut_answer(serve, connect):
    def first_half_then_whole(sock):
        if len(server.requests) == 1:
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            server.over.wait(0.7)
        else:
            sock.sendall(answer(BODY))

    server = serve(first_half_then_whole)
    client = connect(server.port, timeout=0.4)
    seconds_until_given_up(client)

    assert [client.project("web").id for _ in range(3)] == ["42"] * 3
    assert server.connections == 2


def test_no_thread_stays_after_the_deadline(serve, connect):
    server = serve(lambda sock: server.drip(sock, b"HTTP/1.1 200 OK\r\nX: " + ENDLESS))
    seconds_until_given_up(connect(server.port, timeout=0.3))

    for thread in threading.enumerate():
        if thread.name == "sentry-request":
            thread.join(1)
            assert not thread.is_alive()


def test_a_plain_server_behind_https_is_a_tls_failure_without_retry(serve, connect):
    server = serve(lambda sock: None)
    server._serve = lambda sock: sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    client = connect(server.port, url=f"https://127.0.0.1:{server.port}")

    with pytest.raises(SentryUnreachable) as caught:
        client.project("web")

    assert "TLS" in caught.value.hint
    assert server.connections == 1
    assert ssl.SSLError.__name__ not in caught.value.message
