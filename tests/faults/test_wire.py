"""Sentry cannot be reached, or its answer breaks on the way (S1 to S4, S6 to S8, S29)."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from datetime import UTC, datetime
from http.client import HTTPConnection

import pytest
import requests

from tests.faults.conftest import PATIENT
from tests.faults.wire import TcpProxy, certificate, free_port, full_backlog, server_context, until

THIS_YEAR = datetime.now(UTC).year


def assert_known_trouble(doors, said: str, failure: tuple[int, str]) -> None:
    """Every door says what it is, quickly, and none says that there were no events."""
    began = time.monotonic()
    shown = doors.panel()
    assert said in shown and "No events" not in shown
    assert doors.failure() == failure
    assert doors.mark().startswith("Check failed")
    assert doors.page().status_code == 200
    assert time.monotonic() - began < 4


def assert_recovered(doors, clock) -> None:
    clock.shift(61)
    assert "Known" in doors.panel() and doors.mark() == "1 error"


@pytest.mark.control
def test_a_refused_connection(doors, proxy, clock):
    proxy.down()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{proxy.port}", timeout=1)

    assert_known_trouble(doors, "Sentry cannot be reached", (502, "unreachable"))
    proxy.up()
    assert_recovered(doors, clock)


@pytest.mark.control
def test_a_name_that_nobody_knows(doors, sentry, settings):
    settings.SENTRY_URL = "http://sentry.invalid"
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("sentry.invalid", 80)

    assert_known_trouble(doors, "Sentry cannot be reached", (502, "unreachable"))
    assert "host name in SENTRY_URL was not found" in doors.panel(doors.admin)


@pytest.mark.control
def test_a_plain_client_does_not_count_the_look_up_of_a_name(slow_names):
    began = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        requests.get("http://sentry.invalid", timeout=0.2)
    assert time.monotonic() - began > 1.0


def test_a_slow_name_look_up_counts_in_the_deadline(doors, hurry, settings, slow_names):
    settings.SENTRY_URL = "http://sentry.invalid"
    began = time.monotonic()
    assert doors.failure() == (504, "timeout")
    assert time.monotonic() - began < 1.0


@pytest.mark.control
@pytest.mark.parametrize(
    ("name", "year", "vouched"),
    [
        pytest.param("IP:127.0.0.1", THIS_YEAR, False, id="nobody vouches for it"),
        pytest.param("IP:127.0.0.2", THIS_YEAR, True, id="of another address"),
        pytest.param("IP:127.0.0.1", 2020, True, id="over"),
    ],
)
def test_a_wrong_certificate(doors, sentry, settings, monkeypatch, tmp_path, name, year, vouched):
    path = certificate(tmp_path, name, year=year)
    proxy = TcpProxy(int(sentry.url.rsplit(":", 1)[1]), server_context(path))
    settings.SENTRY_URL = f"https://127.0.0.1:{proxy.port}"
    if vouched:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    context = ssl._create_unverified_context()
    with socket.create_connection(("127.0.0.1", proxy.port)) as sock, context.wrap_socket(sock):
        until(lambda: proxy.connections == 1)
    try:
        assert_known_trouble(doors, "Sentry cannot be reached", (502, "unreachable"))
        assert "The secure connection (TLS) failed" in doors.panel(doors.admin)
        # One connection a question: neither a retry nor a second way, and the token stayed here.
        assert proxy.connections <= 1 + 4
        assert sentry.requests == []
    finally:
        proxy.stop()


def test_a_good_certificate(doors, sentry, settings, monkeypatch, tmp_path):
    path = certificate(tmp_path, "IP:127.0.0.1", year=THIS_YEAR)
    proxy = TcpProxy(int(sentry.url.rsplit(":", 1)[1]), server_context(path))
    settings.SENTRY_URL = f"https://127.0.0.1:{proxy.port}"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    assert "Known" in doors.panel()
    proxy.stop()


@pytest.mark.control
def test_a_server_that_does_not_accept(doors, hurry, settings):
    with full_backlog() as port:
        with pytest.raises(requests.ConnectTimeout):
            requests.get(f"http://127.0.0.1:{port}", timeout=0.2)
        settings.SENTRY_URL = f"http://127.0.0.1:{port}"
        assert_known_trouble(doors, "Sentry", (504, "timeout"))


@pytest.mark.control
def test_an_answer_that_drips(doors, sentry, proxy, hurry, settings, clock):
    proxy.mode = "drip"
    began = time.monotonic()
    requests.get(f"http://127.0.0.1:{proxy.port}/nowhere", timeout=0.5)
    assert time.monotonic() - began > 0.6, "each read succeeds, so the library's timeout does not help"

    assert_known_trouble(doors, "did not answer in time", (504, "timeout"))
    proxy.mode = "pass"
    settings.SENTRY_TIMEOUT = PATIENT
    assert_recovered(doors, clock)


@pytest.mark.control
def test_a_plain_client_reads_a_body_that_drips_beyond_its_timeout(plain, sentry):
    sentry.faults.set("drip_body", seconds=0.05)
    with plain(stream=True, timeout=0.2) as response:
        began = time.monotonic()
        drops = response.iter_content(1)
        while time.monotonic() - began < 0.5:
            assert next(drops)


def test_a_body_that_drips(doors, sentry, hurry, settings, clock):
    sentry.faults.set("drip_body", seconds=0.05)
    assert_known_trouble(doors, "did not answer in time", (504, "timeout"))
    sentry.faults.clear()
    settings.SENTRY_TIMEOUT = PATIENT
    assert_recovered(doors, clock)


@pytest.mark.control
@pytest.mark.parametrize("cut_at", [300, 40, 0])
def test_an_answer_that_is_cut(doors, sentry, proxy, clock, cut_at):
    proxy.mode, proxy.cut_at = "cut", cut_at
    with socket.create_connection(("127.0.0.1", proxy.port)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: sentry\r\n\r\n")
        assert len(sock.makefile("rb").read()) <= cut_at
    sentry.clear_requests()

    shown = doors.panel()
    assert "was cut off" in shown or "could not be read" in shown or "cannot be reached" in shown
    assert doors.asked() <= 2 and doors.failure()[0] == 502
    proxy.mode = "pass"
    assert_recovered(doors, clock)


@pytest.mark.control
def test_a_plain_client_takes_half_an_answer_for_a_whole_one(plain, sentry):
    whole = plain().content
    sentry.faults.set("truncated_json")
    half = plain()
    assert half.status_code == 200 and 0 < len(half.content) < len(whole)


def test_half_an_answer_without_a_length(doors, sentry, clock):
    sentry.faults.set("truncated_json")
    assert_known_trouble(doors, "could not be read", (502, "protocol"))
    sentry.faults.clear()
    assert_recovered(doors, clock)


def test_a_connection_that_is_reset(doors, proxy, clock):
    proxy.mode = "reset"
    assert_known_trouble(doors, "Sentry cannot be reached", (502, "unreachable"))
    proxy.mode = "pass"
    assert_recovered(doors, clock)


@pytest.mark.control
def test_a_plain_connection_that_ended_unnoticed_fails_the_next_question(proxy):
    proxy.mode = "once"
    with contextlib.closing(HTTPConnection("127.0.0.1", proxy.port, timeout=1)) as connection:
        connection.request("GET", "/")
        connection.getresponse().read()
        with pytest.raises(ConnectionError):
            connection.request("GET", "/")
            connection.getresponse()


def test_a_connection_that_ended_unnoticed_between_two_questions(doors, sentry, proxy, clock):
    proxy.mode = "once"
    for number in range(3):
        assert doors.json(correlationId=f"call-{number}").status_code == 200
    assert doors.asked() == 3


def test_sentry_is_left_alone_after_five_failures(doors, sentry, proxy, clock):
    proxy.down()
    for number in range(5):
        assert doors.failure(correlationId=f"call-{number}") == (502, "unreachable")
    proxy.up()
    before = proxy.connections

    clock.shift(10)
    assert doors.failure(correlationId="call-6") == (503, "paused")
    shown = doors.panel()
    assert "Sentry has not answered for" in shown and "We ask again at" in shown
    assert 1 <= int(doors.json()["Retry-After"]) <= 30
    assert doors.page().status_code == 200
    assert proxy.connections == before and doors.asked() == 0

    proxy.down()
    clock.shift(21)
    assert doors.failure(correlationId="call-7") == (502, "unreachable")
    assert doors.failure(correlationId="call-8") == (503, "paused")
    proxy.up()
    clock.shift(31)
    assert "Known" in doors.panel() and doors.json(correlationId="call-8").status_code == 200


def test_the_port_of_nobody(doors, settings):
    settings.SENTRY_URL = f"http://127.0.0.1:{free_port()}"
    assert_known_trouble(doors, "Sentry cannot be reached", (502, "unreachable"))
