"""Bytes at a real server: whatever comes, it answers below 500 or hangs up, and serves the next one."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from random import Random

import pytest
import requests

from tests.ingest.test_server import Server
from tests.input.asking import told
from tests.input.conftest import TIMES
from tests.input.corpus.raw import GET, POST, REQUESTS
from tests.input.tally import tried

STATUS = re.compile(rb"^HTTP/1\.[01] ([0-9]{3}) ", re.MULTILINE)


@pytest.fixture(scope="module")
def port(migrated, tmp_path_factory) -> Iterator[int]:
    server = Server(tmp_path_factory.mktemp("raw"), migrated)
    with server.up():
        yield server.port


def answers(port: int, request: bytes) -> tuple[list[int], bytes]:
    """Say something, hang up the saying half, and return the statuses of all that was answered."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65_536):
                said += part
        except (ConnectionResetError, BrokenPipeError):
            pass
    return [int(status) for status in STATUS.findall(said)], said


def spoiled(count: int) -> Iterator[bytes]:
    random = Random(11)
    for _ in range(count):
        whole = bytearray(random.choice([GET + b"\r\n", POST + b"Content-Length: 2\r\n\r\n{}"]))
        for _change in range(random.randrange(1, 4)):
            whole[random.randrange(len(whole))] = random.choice(b'\x00\r\n :/%\xff\t0aZ;,"')
        yield bytes(whole)


def test_any_bytes_are_answered_below_500_or_not_at_all(port):
    failures = []
    for request in [*REQUESTS, *spoiled(150 * TIMES)]:
        tried["raw HTTP"] += 1
        statuses, said = answers(port, request)
        # A method or a kind of transfer that nobody knows may be told 501, another version 505.
        if any(status >= 500 and status not in (501, 505) for status in statuses):
            failures.append(f"{request[:200]!r}: {statuses} {said[:200]!r}")
        if b"Traceback" in said:
            failures.append(f"{request[:200]!r}: told how we are made")
    assert requests.get(f"http://127.0.0.1:{port}/livez", timeout=10).text == "ok"
    assert not failures, told(failures)


@pytest.mark.parametrize(
    "lengths",
    [b"Content-Length: 44\r\nTransfer-Encoding: chunked", b"Content-Length: 0\r\nContent-Length: 44"],
)
def test_no_second_request_is_smuggled_in_a_first(port, lengths):
    hidden = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    statuses, _ = answers(port, POST + lengths + b"\r\n\r\n0\r\n\r\n" + hidden)

    assert statuses == [400]
