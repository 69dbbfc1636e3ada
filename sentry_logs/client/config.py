from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sentry_logs.client.exceptions import SentryConfigError

_HOST = re.compile(r"[A-Za-z0-9_.-]+|[0-9A-Fa-f:.]+")
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,100}")
_TOKEN = re.compile(r"[!-~]+")
_TAG = re.compile(r"[A-Za-z0-9_.-]{1,200}")


@dataclass(frozen=True, slots=True)
class SentryConfig:
    """Where Sentry is and how to ask it.

    `url` is "https://sentry.io", a region host or a self-hosted base, which may carry a path prefix.
    `projects` are slugs or numbers, at least one. `timeout` is the total in seconds for one call,
    `max_bytes` the largest answer after decompression. Raises SentryConfigError, whose `field` is the
    name of the wrong field and which never contains the token.
    """

    url: str
    org: str
    projects: tuple[str, ...]
    token: str = field(repr=False)
    timeout: float = 10.0
    max_bytes: int = 8 * 1024 * 1024
    correlation_tag: str = "correlation_id"

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", _base_url(self.url))
        object.__setattr__(self, "token", self.token.strip())
        object.__setattr__(self, "projects", tuple(project.strip() for project in self.projects))
        self._check_names()
        self._check_limits()

    def _check_names(self) -> None:
        if not _SLUG.fullmatch(self.org):
            raise _wrong("org", "The organization must be its short name, as in the address of Sentry.")
        if not self.projects or not all(_SLUG.fullmatch(project) for project in self.projects):
            raise _wrong("projects", "Name at least one project by its short name or number.")
        if not _TOKEN.fullmatch(self.token):
            raise _wrong("token", "The token is empty or has characters that no token has.")
        if not _TAG.fullmatch(self.correlation_tag):
            raise _wrong("correlation_tag", "A tag has letters, digits, '_', '.' and '-' only.")

    def _check_limits(self) -> None:
        if not (math.isfinite(self.timeout) and self.timeout > 0):
            raise _wrong("timeout", "The timeout must be a number of seconds above zero.")
        if self.max_bytes <= 0:
            raise _wrong("max_bytes", "The largest answer must be above zero bytes.")

    @property
    def host(self) -> str:
        """The host of `url`, without port, in lower case."""
        return urlsplit(self.url).hostname or ""


def _base_url(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong("url", "The address of Sentry is not an address.") from None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise _wrong("url", "The address of Sentry must start with https:// or http:// and name a host.")
    if "@" in parts.netloc:
        raise _wrong("url", "The address of Sentry must not contain a user name or password.")
    if parts.query or parts.fragment or not re.fullmatch(r"[A-Za-z0-9_./~-]*", parts.path):
        raise _wrong("url", "The address of Sentry must be a plain one, without '?', '#' or blanks.")
    if ".." in parts.path:
        raise _wrong("url", "The address of Sentry must not contain '..'.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/api/0')}"


def _wrong(name: str, hint: str) -> SentryConfigError:
    error = SentryConfigError(hint=f"{name}: {hint}")
    error.field = name
    return error
