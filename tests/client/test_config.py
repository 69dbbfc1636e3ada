from __future__ import annotations

import traceback

import pytest

from sentry_logs.client import SentryConfig, SentryConfigError

from .conftest import TOKEN

GOOD = {"url": "https://sentry.io", "org": "acme", "projects": ("web",), "token": TOKEN}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("url", url) for url in ("", "sentry.io", "ftp://sentry.io", "https://", "https://a:b@sentry.io")],
        *[("url", url) for url in ("https://sentry.io/?a=b", "https://s.io/#x", "https://s.io/a/../b")],
        *[("url", url) for url in ("https://[::1", "https://s.io:port", "https://se ntry.io")],
        *[("org", org) for org in ("", "a/b", "..", "a b", "a?b", "é")],
        *[("projects", projects) for projects in ((), ("",), ("a/b",), ("web", ".."))],
        *[("token", token) for token in ("", "  ", "two words", "ab\x00c", "tökén", "a\nb")],
        *[("timeout", timeout) for timeout in (0, -1, float("nan"), float("inf"))],
        ("max_bytes", 0),
        *[("correlation_tag", tag) for tag in ("", "a]b", "a:b", 'a"b', "a b")],
    ],
)
def test_a_wrong_setting_is_named(field, value):
    with pytest.raises(SentryConfigError) as caught:
        SentryConfig(**{**GOOD, field: value})

    assert caught.value.field == field
    assert field in caught.value.hint


def test_a_wrong_token_is_not_in_the_traceback():
    secret = " ".join(("se", "cret"))
    with pytest.raises(SentryConfigError) as caught:
        SentryConfig(**{**GOOD, "token": secret})

    assert secret not in "".join(traceback.format_exception(caught.value)) + caught.value.hint


def test_the_token_is_stripped_and_not_in_the_repr():
    config = SentryConfig(**{**GOOD, "token": f" {TOKEN}\n"})

    assert config.token == TOKEN
    assert TOKEN not in repr(config)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://sentry.io/", "https://sentry.io"),
        ("http://sentry_web:9000", "http://sentry_web:9000"),
        ("https://ops.example.com/sentry/", "https://ops.example.com/sentry"),
        ("https://us.sentry.io/api/0/", "https://us.sentry.io"),
        ("http://[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_the_address_is_kept_as_a_plain_base(given, kept):
    assert SentryConfig(**{**GOOD, "url": given}).url == kept
