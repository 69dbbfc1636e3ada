from __future__ import annotations

import inspect

import pytest

import sentry_logs.client
from sentry_logs.client import SentryError

NAMES = [
    "LEVELS",
    "MAX_TARGET",
    "Page",
    "Project",
    "ProjectEvent",
    "ProjectEventsPage",
    "RateLimit",
    "RefusedValue",
    "SearchQuery",
    "SentryBadQuery",
    "SentryClient",
    "SentryConfig",
    "SentryConfigError",
    "SentryError",
    "SentryForbidden",
    "SentryNoProject",
    "SentryNotFound",
    "SentryOverloaded",
    "SentryProtocolError",
    "SentryRateLimited",
    "SentryRedirected",
    "SentryRefused",
    "SentryServerError",
    "SentryTimeout",
    "SentryUnauthorized",
    "SentryUnreachable",
    "SentryUnsupported",
    "Usage",
    "metered",
    "parse_moment",
    "usable_cursor",
]


def test_exactly_these_names_are_public():
    assert sentry_logs.client.__all__ == NAMES


def test_every_public_class_and_function_explains_itself():
    public = (getattr(sentry_logs.client, name) for name in NAMES)

    assert all(item.__doc__ for item in public if inspect.isclass(item) or inspect.isfunction(item))


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("Sentry")])
def test_every_failure_has_words_for_people(name):
    kind = getattr(sentry_logs.client, name)
    if issubclass(kind, SentryError):
        assert kind().message.endswith((".", "admin."))
        assert str(kind()) == kind().message
        assert "!" not in kind().message


def test_every_failure_is_in_the_drawing_of_the_tree():
    tree = sentry_logs.client.exceptions.__doc__

    assert all(name in tree for name in NAMES if issubclass_of_error(name))


def issubclass_of_error(name):
    kind = getattr(sentry_logs.client, name)
    return inspect.isclass(kind) and issubclass(kind, SentryError)
