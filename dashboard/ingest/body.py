"""The raw bytes of a request, never more of them than allowed."""

from __future__ import annotations

import re
from typing import Protocol

from django.http import HttpRequest

PIECE = 64 * 1024
_LENGTH = re.compile("[0-9]{1,15}")


class NoLength(Exception):
    """The request does not say how long it is, and the server does not know its end either."""


class TooLarge(Exception):
    """The body is longer than allowed; what is too much has not been read."""


class Incomplete(Exception):
    """The sender broke off, or said a length that is none."""


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_body(request: HttpRequest, limit: int) -> bytes:
    """Return the body as it was sent. Django would give an empty one when it comes in chunks."""
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        if not request.META.get("wsgi.input_terminated"):
            raise NoLength
        return _read(request.META["wsgi.input"], limit)
    declared = request.META.get("CONTENT_LENGTH") or ""
    if not declared:
        raise NoLength
    if not _LENGTH.fullmatch(declared):
        raise Incomplete
    if int(declared) > limit:
        raise TooLarge
    body = _read(request, limit)
    if len(body) != int(declared):
        raise Incomplete
    return body


def _read(stream: Stream, limit: int) -> bytes:
    pieces, length = [], 0
    while piece := _piece(stream, min(PIECE, limit + 1 - length)):
        length += len(piece)
        if length > limit:
            raise TooLarge
        pieces.append(piece)
    return b"".join(pieces)


def _piece(stream: Stream, size: int) -> bytes:
    try:
        return stream.read(size)
    except Exception:  # Each server has errors of its own for what is no HTTP.
        raise Incomplete from None
