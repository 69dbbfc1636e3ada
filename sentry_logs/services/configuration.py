"""What is wrong with the settings, found without asking anybody. No text here holds the token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings

from sentry_logs.answers import ALL_ENVIRONMENTS
from sentry_logs.client import RefusedValue, SearchQuery, SentryConfig, SentryConfigError

ORG_TOKEN = "sntrys_"
TOKEN_KINDS = {
    "sntryi_": "the token of an internal integration, which is the right kind",
    "sntryu_": "a person's token: it sees only the projects of that person's teams",
    ORG_TOKEN: "an organization token, which can never read events",
}
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
LONGEST_NAME = 64
WHERE = "docs/configuration.md says what belongs there."
LONGEST_TIMEOUT = 30.0
RIGHT: dict[str, Any] = {"url": "https://sentry.io", "org": "org", "projects": ("1",), "token": "token"}
"""Settings that nothing is wrong with, so that each of ours can be tried alone."""

Kind = Literal["wrong", "missing", "risky"]


@dataclass(frozen=True, slots=True)
class Problem:
    """`number` makes the id of the system check and never changes its meaning."""

    kind: Kind
    number: int
    variable: str
    words: str
    hint: str = ""


def token_kind() -> str:
    """Say what kind of token it is, as far as its beginning tells; older tokens tell nothing."""
    token = settings.SENTRY_AUTH_TOKEN
    return next((words for prefix, words in TOKEN_KINDS.items() if token.startswith(prefix)), "")


def problems() -> Iterator[Problem]:
    yield from _of_the_connection()
    yield from _of_the_token()
    yield from _of_environments()
    yield from _of_times()


def _of_the_connection() -> Iterator[Problem]:
    yield from _field(1, "SENTRY_URL", "url", settings.SENTRY_URL)
    yield from _field(2, "SENTRY_ORG", "org", settings.SENTRY_ORG)
    yield from _field(3, "SENTRY_PROJECT", "projects", tuple(settings.SENTRY_PROJECTS))
    yield from _field(10, "SENTRY_CORRELATION_TAG", "correlation_tag", settings.SENTRY_CORRELATION_TAG)
    if settings.SENTRY_URL.startswith("http://") and _host() not in LOCAL_HOSTS:
        hint = "Use https:// unless both servers stand in one closed network."
        yield Problem("risky", 2, "SENTRY_URL", "The token travels without encryption.", hint)


def _of_the_token() -> Iterator[Problem]:
    yield from _field(4, "SENTRY_AUTH_TOKEN", "token", settings.SENTRY_AUTH_TOKEN)
    if settings.SENTRY_AUTH_TOKEN.startswith(ORG_TOKEN):
        words = "This is an organization token, which can never read events."
        hint = "Make an internal integration in Sentry, with org:read and project:read, and use its token."
        yield Problem("wrong", 5, "SENTRY_AUTH_TOKEN", words, hint)


def _of_environments() -> Iterator[Problem]:
    for name in settings.SENTRY_ENVIRONMENTS:
        if name == ALL_ENVIRONMENTS:
            words = (
                f'"{ALL_ENVIRONMENTS}" stands for all environments together and cannot be the name of one.'
            )
            yield Problem(
                "wrong", 7, "SENTRY_ENVIRONMENTS", words, "Take it out: the switcher offers it anyway."
            )
        elif reason := _why_no_environment(name):
            words = f"No environment of Sentry can be called {name[:LONGEST_NAME]!r}."
            yield Problem("wrong", 6, "SENTRY_ENVIRONMENTS", words, reason)
    if not settings.SENTRY_ENVIRONMENTS:
        hint = "Name the environments that the receptionist reports to Sentry, separated by commas."
        yield Problem("missing", 1, "SENTRY_ENVIRONMENTS", "No environment is named.", hint)


def _of_times() -> Iterator[Problem]:
    yield from _field(8, "SENTRY_TIMEOUT", "timeout", settings.SENTRY_TIMEOUT)
    if settings.SENTRY_TIMEOUT > LONGEST_TIMEOUT:
        words = f"A page gives up after {LONGEST_TIMEOUT:.0f} seconds, before Sentry may have answered."
        yield Problem("risky", 3, "SENTRY_TIMEOUT", words, "Choose a smaller number of seconds.")
    if settings.SENTRY_RETENTION_DAYS < 1:
        words = "Sentry keeps events for at least one day."
        yield Problem("wrong", 9, "SENTRY_RETENTION_DAYS", words, "It is 30 or 90 on sentry.io.")


def _field(number: int, variable: str, name: str, value: Any) -> Iterator[Problem]:
    """Try one setting among others that are right."""
    if value in ("", ()):
        yield Problem("missing", 1, variable, "It is not set, so Sentry cannot be asked.", WHERE)
        return
    try:
        SentryConfig(**(RIGHT | {name: value}))
    except (SentryConfigError, TypeError) as error:
        hint = getattr(error, "hint", "").removeprefix(f"{name}: ")
        yield Problem("wrong", number, variable, hint or "It cannot be used.")


def _why_no_environment(name: str) -> str:
    if len(name) > LONGEST_NAME:
        return f"It is longer than {LONGEST_NAME} characters."
    if "/" in name:
        return "It contains a slash."
    try:
        SearchQuery().environment(name)
    except RefusedValue as refused:
        return refused.reason
    return ""


def _host() -> str:
    try:
        return urlsplit(settings.SENTRY_URL).hostname or ""
    except ValueError:
        return ""
