from __future__ import annotations

import gzip
import socket
import traceback
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from sentry_logs.client import (
    SentryError,
    SentryProtocolError,
    SentryRedirected,
    SentryServerError,
    SentryUnreachable,
)

from .conftest import TOKEN, answer

BODY = b'{"id": "42", "slug": "web", "name": "Web"}'


def always(*parts: bytes):
    return lambda sock: sock.sendall(b"".join(parts))


def test_calls_share_one_connection(serve, connect):
    server = serve(always(answer(BODY)))
    client = connect(server.port)

    assert {client.project("web").slug for _ in range(5)} == {"web"}
    assert (server.connections, len(server.requests)) == (1, 5)


def test_refusals_keep_the_connection_too(serve, connect):
    server = serve(always(answer(b'{"detail": "no"}', status="403 Forbidden")))
    client = connect(server.port)

    for _ in range(3):
        with pytest.raises(SentryError):
            client.project("web")
    assert server.connections == 1


def test_threads_share_one_client(serve, connect):
    server = serve(always(answer(BODY)))
    client = connect(server.port)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client.project("web").id, range(40)))

    assert answers == ["42"] * 40
    assert server.connections <= 8


def test_the_request_says_who_asks_and_what_it_wants(serve, connect):
    server = serve(always(answer(BODY)))
    connect(server.port, url=f"http://127.0.0.1:{server.port}/sentry/").project("web")

    lines = server.requests[0].decode().split("\r\n")
    assert lines[0] == "GET /sentry/api/0/projects/acme/web/ HTTP/1.1"
    assert f"Authorization: Bearer {TOKEN}" in lines
    assert "User-Agent: ai-receptionist-dashboard" in lines
    assert "Accept: application/json" in lines


def test_a_netrc_does_not_replace_the_token(serve, connect, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(always(answer(BODY)))
    connect(server.port).project("web")

    assert f"Authorization: Bearer {TOKEN}".encode() in server.requests[0]


def test_cookies_are_not_kept(serve, connect):
    server = serve(always(answer(BODY, "Set-Cookie: session=1")))
    client = connect(server.port)
    client.project("web")
    client.project("web")

    assert b"Cookie" not in server.requests[1]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(serve, connect, status):
    other = serve(always(answer(BODY)))
    server = serve(always(answer(b"", f"Location: http://localhost:{other.port}/x?secret=1", status=status)))

    with pytest.raises(SentryRedirected) as caught:
        connect(server.port).project("web")

    assert other.connections == 0
    assert "localhost" in caught.value.hint
    assert "secret" not in caught.value.hint


def test_the_body_of_a_redirect_is_capped_too(serve, connect):
    bomb = gzip.compress(b"0" * 20_000_000)
    head = ("Location: http://127.0.0.1:1/", "Content-Encoding: gzip")
    server = serve(always(answer(bomb, *head, status="302 Found")))

    with pytest.raises(SentryProtocolError, match="too large"):
        connect(server.port).project("web")


def test_a_renamed_project_is_named(serve, connect):
    body = b'{"slug": "new-web", "detail": {"extra": {"url": "/x", "slug": "new-web"}}}'
    server = serve(always(answer(body, "Location: /api/0/projects/acme/new-web/", status="302 Found")))

    with pytest.raises(SentryRedirected) as caught:
        connect(server.port).project("web")

    assert "new-web" in caught.value.hint


def test_a_gzip_bomb_stops_at_the_cap(serve, connect):
    bomb = gzip.compress(b" " * 30_000_000)
    server = serve(always(answer(bomb, "Content-Encoding: gzip")))
    client = connect(server.port, max_bytes=1_000_000)

    tracemalloc.start()
    with pytest.raises(SentryProtocolError, match="too large"):
        client.project("web")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 10_000_000


def test_an_answer_of_exactly_the_cap_is_read(serve, connect):
    server = serve(always(answer(gzip.compress(BODY), "Content-Encoding: gzip")))

    assert connect(server.port, max_bytes=len(BODY)).project("web").id == "42"
    with pytest.raises(SentryProtocolError):
        connect(server.port, max_bytes=len(BODY) - 1).project("web")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", id="cut off"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\n{", id="cut off without a length"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n\r\n", id="not HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", id="long header"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\nConnection: close\r\n\r\n{", id="bad length"
        ),
        pytest.param(answer(b"not gzip", "Content-Encoding: gzip"), id="broken gzip"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}", id="bad chunk"),
    ],
)
def test_an_answer_that_is_not_whole_is_a_protocol_error(serve, connect, raw):
    def once(sock):
        sock.sendall(raw)
        sock.shutdown(socket.SHUT_RDWR)

    with pytest.raises(SentryProtocolError):
        connect(serve(once).port).project("web")


def test_a_refused_connection_is_reported(connect):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(SentryUnreachable) as caught:
        connect(port).project("web")

    assert "refused" in caught.value.hint


def test_an_unknown_host_name_is_reported(connect, monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SentryUnreachable) as caught:
        connect(1, url="http://sentry.invalid").project("web")

    assert "not found" in caught.value.hint


def test_a_connection_that_the_server_closed_is_replaced(serve, connect):
    def close_first(sock):
        if len(server.requests) == 2:
            sock.shutdown(socket.SHUT_RDWR)
        else:
            sock.sendall(answer(BODY))

    server = serve(close_first)
    client = connect(server.port)

    assert [client.project("web").id for _ in range(2)] == ["42", "42"]
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "body", "requests"),
    [
        ("502 Bad Gateway", b"<html>", 2),
        ("503 Unavailable", b"", 2),
        ("504 Timeout", b"<html>", 2),
        ("500 Error", b'{"detail": "Internal Error", "errorId": null}', 2),
        ("500 Error", b'{"detail": "Internal error. Please try again."}', 2),
        ("500 Error", b"<html>", 1),
        ("501 No", b"", 1),
        ("429 Slow down", b'"You are attempting to use this endpoint too frequently."', 1),
        ("400 Bad", b'{"detail": "Query timeout. Please try again."}', 1),
        ("403 No", b'{"detail": "no"}', 1),
    ],
)
def test_only_passing_failures_are_tried_again_and_only_once(serve, connect, status, body, requests):
    server = serve(always(answer(body, status=status)))

    with pytest.raises(SentryError):
        connect(server.port).project("web")

    assert len(server.requests) == requests


def test_the_second_try_may_succeed(serve, connect):
    def second(sock):
        sock.sendall(answer(BODY) if len(server.requests) == 2 else answer(b"", status="503 Busy"))

    server = serve(second)

    assert connect(server.port).project("web").id == "42"


@pytest.mark.parametrize("raw", [b"", answer(f'{{"detail": "{TOKEN[:5]}"}}'.encode(), status="500 Error")])
def test_a_failure_carries_neither_the_token_nor_its_causes(serve, connect, raw):
    def fail(sock):
        sock.sendall(raw)
        sock.shutdown(socket.SHUT_RDWR)

    with pytest.raises((SentryUnreachable, SentryServerError)) as caught:
        connect(serve(fail).port).project("web")

    error = caught.value
    assert TOKEN not in "".join(traceback.format_exception(error)) + repr(vars(error))
    assert "requests" not in repr(error.__cause__) + repr(error.__context__.__class__.__module__)


def test_a_client_can_be_closed_and_shows_no_token(serve, connect):
    client = connect(serve(always(answer(BODY))).port)
    client.project("web")
    client.close()

    assert TOKEN not in repr(client) + repr(vars(client))
