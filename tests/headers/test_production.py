"""A server as in production: real settings in a process of their own, behind a proxy that ends TLS."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from dashboard import production
from tests.headers.conftest import lacks
from tests.headers.observatory import modifiers, score

ROOT = Path(__file__).resolve().parents[2]
HOST = "calls.example.com"
KEY = secrets.token_urlsafe(50)
GOOD = {"key": KEY, "insecure_key": "insecure", "debug": False, "hosts": [HOST], "https": True}


def environment(**changes: str) -> dict[str, str]:
    """Return what compose.yaml sets, with addresses of this machine."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "SECRET_KEY": KEY,
        "DATABASE_URL": "sqlite://:memory:",
        "CACHE_URL": "redis://127.0.0.1:6379/6",
        "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
        "PUBLIC_URL": f"https://{HOST}",
        "BEHIND_PROXY": "true",
        "SENTRY_URL": "https://sentry.example.com",
        "SENTRY_ORG": "acme",
        "SENTRY_PROJECT": "1",
        "SENTRY_AUTH_TOKEN": "sntryi_0123456789abcdef",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        **changes,
    }


def manage(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(**changes), capture_output=True, text=True)


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Iterator[int]:
    database = f"sqlite:///{tmp_path_factory.mktemp('production') / 'calls.sqlite3'}"
    assert manage("migrate", "--verbosity", "0", DATABASE_URL=database).returncode == 0
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--workers", "1", "--threads", "2"]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "critical"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment(DATABASE_URL=database))
    try:
        _until_open(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _until_open(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.05)


def get(port: int, path: str, scheme: str = "https") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": scheme})
    return connection.getresponse()


def headers(response: http.client.HTTPResponse) -> dict[str, str]:
    return dict(response.getheaders())


def test_the_observatory_would_give_160(port):
    page = get(port, "/login/")
    cookies = SimpleCookie("\r\n".join(page.headers.get_all("Set-Cookie") or []))
    html = page.read().decode()
    there = get(port, "/login/", "http").headers["Location"] == f"https://{HOST}/login/"

    counted = modifiers({k.lower(): v for k, v in headers(page).items()}, cookies, html, redirects=there)
    assert cookies and score(headers(page), cookies, html, redirects=there) == 160, counted


@pytest.mark.control
def test_a_bare_answer_would_get_little():
    assert score({}, SimpleCookie("sessionid=1"), '<script src="/a.js"></script>', redirects=False) == 0


def test_cookies_are_for_this_host_alone(port):
    cookies = SimpleCookie("\r\n".join(get(port, "/login/").headers.get_all("Set-Cookie") or []))

    assert cookies
    assert all(name.startswith("__Host-") for name in cookies)
    assert all(
        cookie["secure"] and cookie["path"] == "/" and not cookie["domain"] for cookie in cookies.values()
    )


@pytest.mark.parametrize("path", ["/login/", "/static/css/base.css", "/nothing", "/api/calls", "/calls/"])
def test_transport_is_secured_for_a_year(port, path):
    response = get(port, path)

    assert lacks(headers(response)) == []
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_health_checks_come_without_tls(port, path):
    assert get(port, path, "http").status == 200


MARKER = b"X-Reflect-Me"
NO_HTTP = [
    b"NONSENSE-X-Reflect-Me\r\n\r\n",
    b"GET /X-Reflect-Me HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nX-Reflect-Me\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: X-Reflect-Me\r\n\r\n",
    b"GET /" + b"a" * 9_000 + MARKER + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X-Reflect-Me: 1\r\n" * 150 + b"\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nX-Reflect-Me",
]


@pytest.mark.parametrize("raw", NO_HTTP, ids=range(len(NO_HTTP)))
def test_what_is_no_http_is_refused_with_all_headers_and_not_repeated(port, raw):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(raw)
        sock.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: sock.recv(65_536), b""))

    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
    assert 400 <= int(head.split()[1]) < 500
    assert lacks(dict(lines)) == [] and MARKER not in body and len(body) < 60


def test_django_has_nothing_to_say_about_these_settings():
    done = manage("check", "--deploy", "--fail-level", "WARNING")

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": "insecure"}, "for development"),
        ({"key": "django-insecure-" + KEY}, "for development"),
        ({"key": KEY[:49]}, "easy to guess"),
        ({"key": "ab" * 40}, "easy to guess"),
        ({"key": ""}, "easy to guess"),
        ({"debug": True}, "DEBUG is on"),
        ({"hosts": [HOST, "*"]}, "ALLOWED_HOSTS"),
        ({"hosts": []}, "ALLOWED_HOSTS"),
        ({"https": False}, "HTTPS is off"),
    ],
)
def test_what_is_not_ready_is_named(change, said):
    (fault,) = production.faults(**{**GOOD, **change})

    assert said in fault and (len(change.get("key", "")) < 9 or change["key"] not in fault)


def test_what_is_ready_has_no_fault():
    assert production.faults(**GOOD) == []
    production.insist([])


@pytest.mark.parametrize(
    ("hosts", "reachable"),
    [
        (["localhost", "127.0.0.1", "[::1]"], False),
        (["localhost", "calls.example.com"], True),
        (["*"], True),
        (["10.0.0.7"], True),
    ],
)
def test_a_server_for_its_own_machine_is_told_from_others(hosts, reachable):
    assert production.is_reachable(hosts) is reachable


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import dashboard.settings"]
    return subprocess.run(command, cwd=ROOT, env=environment(**changes), capture_output=True, text=True)


def test_a_server_that_is_not_ready_does_not_start():
    done = start(SECRET_KEY="", DEBUG="true", ALLOWED_HOSTS="*", HTTPS="false")

    assert done.returncode != 0
    for said in ("not ready for production", "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "HTTPS"):
        assert said in done.stderr


def test_a_server_can_be_told_that_it_is_not_for_production():
    done = start(ALLOWED_HOSTS="testserver", SECRET_KEY="short", PRODUCTION="false")

    assert done.returncode == 0, done.stderr
