"""How bytes move between us and Sentry; the only file that knows requests and urllib3.

The timeout of requests is one for each read, so an answer that drips lasts for ever. Here every call runs
in a thread of its own and its caller waits until the deadline, no longer; then the socket is cut, which
wakes and ends the thread. So the deadline holds for everything: name look-up, connect, TLS, headers, body.
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from sentry_logs.client.clock import clock_offset
from sentry_logs.client.config import SentryConfig
from sentry_logs.client.deadline import Deadline
from sentry_logs.client.exceptions import SentryError, SentryProtocolError, SentryTimeout
from sentry_logs.client.faults import fault
from sentry_logs.client.meter import current_usage
from sentry_logs.client.reply import Reply
from sentry_logs.client.retries import RetryBudget
from sentry_logs.client.statuses import error_for

MAX_TARGET = 15_000  # Sentry's web server takes about 16 KB of path and query
CONNECT_LIMIT = 2.0
PAUSE = (0.1, 0.3)
REMOVED = "[token]"
_CHUNK = 65_536
_running = threading.local()


class Exchange:
    """The sockets that one call uses, so that its deadline can cut them, and the meter of who called."""

    def __init__(self) -> None:
        self.usage = current_usage()
        self._lock = threading.Lock()
        self._sockets: list[Any] = []
        self._over = False

    def watch(self, sock: Any) -> None:
        with self._lock:
            self._sockets.append(sock)
            over = self._over
        if over:
            _shut(sock)

    def cut(self) -> None:
        with self._lock:
            self._over = True
            sockets = tuple(self._sockets)
        for sock in sockets:
            _shut(sock)


def _shut(sock: Any) -> None:
    # Not sock.shutdown(): that of a TLS socket drops its state under the feet of the reading thread.
    with contextlib.suppress(OSError, TypeError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _watch(sock: Any) -> None:
    exchange: Exchange | None = getattr(_running, "exchange", None)
    if exchange is not None and sock is not None:
        exchange.watch(sock)


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        _watch(sock)
        return sock

    def connect(self) -> None:
        super().connect()
        _watch(self.sock)

    def request(self, *args: Any, **kwargs: Any) -> None:
        _watch(self.sock)
        super().request(*args, **kwargs)


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        # Even with allow_redirects=False requests would read the whole body of a redirect, uncapped.
        return None


class _Bearer(requests.auth.AuthBase):
    """Set as session.auth, so that a .netrc cannot replace the token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _TooLarge(Exception):
    pass


class Transport:
    """GET requests to Sentry's API with a total deadline, a byte cap and one retry. Thread-safe."""

    def __init__(self, config: SentryConfig) -> None:
        self._base = f"{config.url}/api/0/"
        self._max_bytes = config.max_bytes
        self._token = config.token
        self._retries = RetryBudget()
        self.clock_offset = 0.0
        self._session = _Session()
        self._session.auth = _Bearer(config.token)
        self._session.headers.update(
            {
                "User-Agent": "ai-receptionist-dashboard",
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
            }
        )
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(pool_maxsize=32))

    def close(self) -> None:
        """Close the idle connections."""
        self._session.close()

    def get(self, path: str, params: Sequence[tuple[str, str]], deadline: Deadline) -> Reply:
        """The 200 answer to a GET below /api/0/; raises SentryError for anything else.

        ValueError for a path and query of more than MAX_TARGET characters.
        """
        url = self._url(path, params)
        exchange, future = Exchange(), Future[Reply | SentryError]()
        job = (url, deadline, exchange, future)
        threading.Thread(target=self._run, args=job, name="sentry-request", daemon=True).start()
        try:
            outcome = future.result(deadline.left())
        except TimeoutError:
            exchange.cut()
            outcome = SentryTimeout()
        if isinstance(outcome, SentryError):
            raise outcome
        return outcome

    def _url(self, path: str, params: Sequence[tuple[str, str]]) -> str:
        url = self._base + path + ("?" + urlencode(params) if params else "")
        target = url.split("://", 1)[1].partition("/")[2]
        if len(target) >= MAX_TARGET:
            raise ValueError(f"This question is too long for Sentry: over {MAX_TARGET} characters.")
        return url

    def _run(
        self, url: str, deadline: Deadline, exchange: Exchange, future: Future[Reply | SentryError]
    ) -> None:
        _running.exchange = exchange
        try:
            future.set_result(self._attempts(url, deadline))
        except Exception as error:
            future.set_exception(error)

    def _attempts(self, url: str, deadline: Deadline) -> Reply | SentryError:
        self._retries.earn()
        outcome = self._once(url, deadline)
        pause = random.uniform(*PAUSE)
        if isinstance(outcome, Reply) or not outcome.transient or deadline.left() <= pause:
            return outcome
        if not self._retries.spend():
            return outcome
        time.sleep(pause)
        return self._once(url, deadline)

    def _once(self, url: str, deadline: Deadline) -> Reply | SentryError:
        left = max(deadline.left(), 0.001)
        limits = (min(left, CONNECT_LIMIT), left)
        _running.exchange.usage.add_request()
        try:
            with self._session.get(url, timeout=limits, stream=True, allow_redirects=False) as response:
                self.clock_offset = clock_offset(response.headers, time.time())
                reply = self._reply(response)
        except _TooLarge:
            hint = f"The answer was over {self._max_bytes} bytes and was dropped."
            return SentryProtocolError("The answer from Sentry is too large. Try a shorter time.", hint=hint)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return fault(error, time_left=deadline.left())
        return reply if reply.status == 200 else error_for(reply)

    def _reply(self, response: requests.Response) -> Reply:
        """The whole answer. A proxy that repeats our headers repeats the token, which must not go further."""
        body = self._body(response).replace(self._token.encode(), REMOVED.encode())
        headers = {name: value.replace(self._token, REMOVED) for name, value in response.headers.items()}
        return Reply(response.status_code, requests.structures.CaseInsensitiveDict(headers), body)

    def _body(self, response: requests.Response) -> bytes:
        body = bytearray()
        try:
            for chunk in response.raw.stream(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > self._max_bytes:
                    raise _TooLarge
        finally:
            _running.exchange.usage.add_bytes(response.raw.tell())
        return bytes(body)
