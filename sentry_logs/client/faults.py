"""What a failed connection means. The text of the original exceptions is never used: it can hold secrets."""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Iterator
from http.client import HTTPException, RemoteDisconnected

from sentry_logs.client.exceptions import (
    SentryError,
    SentryProtocolError,
    SentryTimeout,
    SentryUnreachable,
)

_CUT_OFF = "The answer from Sentry was cut off."


def fault(error: BaseException, *, time_left: float) -> SentryError:
    """The SentryError for an exception of the HTTP library; `time_left` is in seconds."""
    causes = tuple(_chain(error))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if has(TimeoutError):
        late = time_left < 0.05
        return SentryTimeout() if late else SentryUnreachable(hint="No connection in time.", transient=True)
    if has(ssl.SSLError):
        return SentryUnreachable(hint="The secure connection (TLS) failed. Check Sentry's certificate.")
    if has(socket.gaierror):
        return SentryUnreachable(hint="The host name in SENTRY_URL was not found.", transient=True)
    if has(ConnectionRefusedError):
        return SentryUnreachable(hint="The host in SENTRY_URL refused the connection.", transient=True)
    if has(RemoteDisconnected, ConnectionError):
        return SentryUnreachable(hint="The connection to Sentry was closed.", transient=True)
    if has(HTTPException, zlib.error):
        return SentryProtocolError(_CUT_OFF, hint="The answer was incomplete or not HTTP.")
    if has(OSError):
        return SentryUnreachable(transient=True)
    return SentryProtocolError()


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    queue: list[object] = [error]
    while queue:
        item = queue.pop()
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        queue += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]
