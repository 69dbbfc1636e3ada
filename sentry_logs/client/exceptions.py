"""What can go wrong between us and Sentry.

SentryError
|-- SentryConfigError           a setting is wrong; raised before any request
|   `-- SentryNoProject         Sentry answered that the token sees no project
|-- SentryUnreachable           name not found, refused, reset, TLS
|-- SentryTimeout               no whole answer before the deadline
|   `-- SentryOverloaded        Sentry gave up on the question itself (400 "Query timeout")
|-- SentryRateLimited           429
|-- SentryUnauthorized          401
|-- SentryForbidden             403
|-- SentryNotFound              404
|-- SentryBadQuery              400, the search text is at fault
|-- SentryRefused               any other 4xx
|   `-- SentryUnsupported       this server does not have the dataset
|-- SentryServerError           5xx, also the HTML of a proxy
`-- SentryProtocolError         not JSON, wrong shape, too big, too deep, cut off
    `-- SentryRedirected        3xx; never followed
"""

from __future__ import annotations

import time
from typing import Self


class SentryError(Exception):
    """Any failure of a question to Sentry.

    `message` is for a support person, `hint` for the admin. `status` is the HTTP status or None.
    `detail` is Sentry's own text, at most 500 characters, or "". It is untrusted text: escape it.
    `retry_at` is the epoch second before which asking again is useless, or None.
    `transient` says that one more try at once may help. The access token is in none of them.
    """

    default_message = "Sentry could not answer."
    default_hint = ""

    def __init__(
        self,
        message: str = "",
        *,
        hint: str = "",
        status: int | None = None,
        detail: str = "",
        retry_at: float | None = None,
        transient: bool = False,
    ) -> None:
        self.message = message or self.default_message
        self.hint = hint or self.default_hint
        self.status = status
        self.detail = detail[:500]
        self.retry_at = retry_at
        self.transient = transient
        super().__init__(self.message)

    @property
    def retry_after(self) -> float | None:
        """Seconds from now until `retry_at`, never negative; None where it is not known."""
        return None if self.retry_at is None else max(0.0, self.retry_at - time.time())

    def reworded(self, message: str, hint: str) -> Self:
        """The same failure in other words."""
        return type(self)(message, hint=hint, status=self.status, detail=self.detail, retry_at=self.retry_at)


class SentryConfigError(SentryError):
    """A setting is wrong. `field` names the field of SentryConfig, or is ""."""

    default_message = "The connection to Sentry is not set up correctly."
    field = ""


class SentryNoProject(SentryConfigError):
    """The token sees none of the projects: Sentry's 200 "Need at least one valid project".

    Source: Sentry 23.7.1, api/endpoints/organization_events.py.
    """

    default_hint = "The token sees no project. Check SENTRY_PROJECT and what the token may read."


class SentryUnreachable(SentryError):
    """No connection: name not found, refused, reset or TLS refused."""

    default_message = "Sentry cannot be reached."
    default_hint = "Check SENTRY_URL and the network between this server and Sentry."


class SentryTimeout(SentryError):
    """No whole answer before the deadline."""

    default_message = "Sentry did not answer in time."
    default_hint = "Try a shorter time range. SENTRY_TIMEOUT sets how long to wait."


class SentryOverloaded(SentryTimeout):
    """Sentry gave up: the question was too big or its store too busy (400 "Query timeout").

    Source: Sentry 23.7.1, api/utils.py and api/bases/organization_events.py.
    """

    default_message = "This was too much for Sentry at once. Try a shorter time range."
    default_hint = "Sentry's event store is overloaded or the time range is too wide."


class SentryRateLimited(SentryError):
    """Too many requests (429). `reset_at` is the epoch second when Sentry listens again, or None.

    Source: https://docs.sentry.io/api/ratelimits/
    """

    default_message = "Sentry asks us to wait before the next question."
    default_hint = "This dashboard, or something else with the same token, asks Sentry too often."

    @property
    def reset_at(self) -> float | None:
        """Same as `retry_at`."""
        return self.retry_at


class SentryUnauthorized(SentryError):
    """The token is not accepted (401)."""

    default_message = "Sentry does not accept this dashboard's access key. Please tell your admin."
    default_hint = "Check SENTRY_AUTH_TOKEN: it may be wrong, expired or revoked."


class SentryForbidden(SentryError):
    """The token may not read this (403): a scope is missing, or the project is not its own."""

    default_message = "Sentry does not let this dashboard read these events. Please tell your admin."
    default_hint = (
        "The token needs the scopes org:read and project:read and access to the project in "
        "SENTRY_PROJECT. An organization token (sntrys_) can never read events: use an internal integration."
    )


class SentryNotFound(SentryError):
    """Sentry does not know the organization, project, environment or event (404)."""

    default_message = "Sentry does not know what was asked for."
    default_hint = (
        "Check SENTRY_URL, SENTRY_ORG and SENTRY_PROJECT. An empty 404 can also mean that the "
        "organization has no Discover."
    )


class SentryBadQuery(SentryError):
    """Sentry does not understand the search (400). `detail` is Sentry's explanation."""

    default_message = "Sentry does not understand this search."
    default_hint = "Correct the search text. Put quotes around words with special characters."


class SentryRefused(SentryError):
    """Sentry refuses the request for a reason that is not the search text (other 4xx)."""

    default_message = "Sentry refused this question."
    default_hint = "The request does not fit this Sentry server. Its own words may say why."


class SentryUnsupported(SentryRefused):
    """This server has no such dataset: 400 "dataset must be one of", or a 404 for this dataset alone.

    Source: Sentry 23.7.1, api/bases/organization_events.py `get_dataset`.
    """

    default_message = "This Sentry server does not have this kind of data."
    default_hint = "Structured logs need a newer Sentry, with the feature switched on for the organization."


class SentryServerError(SentryError):
    """Sentry, or a proxy in front of it, failed (5xx)."""

    default_message = "Sentry is having trouble."
    default_hint = "Look at the health of the Sentry server and of any proxy before it."


class SentryProtocolError(SentryError):
    """The answer is not what Sentry's API sends: not JSON, wrong shape, too big, too deep, cut off."""

    default_message = "The answer from Sentry could not be read."
    default_hint = "Check that SENTRY_URL is the address of Sentry itself, not of a login page or proxy."


class SentryRedirected(SentryProtocolError):
    """Sentry pointed to another address (3xx). It is never followed, so the token stays here."""

    default_message = "The address of Sentry has changed. Please tell your admin."
    default_hint = "Sentry answered with a redirect. Correct SENTRY_URL."
