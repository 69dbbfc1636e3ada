from __future__ import annotations

import pytest
from django.core.checks import Error, Warning, run_checks

TOKEN = "sntryi_0123456789abcdef"


@pytest.fixture(autouse=True)
def right(settings) -> None:
    settings.SENTRY_URL = "https://sentry.io"
    settings.SENTRY_ORG = "acme"
    settings.SENTRY_PROJECTS = ("receptionist",)
    settings.SENTRY_AUTH_TOKEN = TOKEN
    settings.SENTRY_CORRELATION_TAG = "correlation_id"
    settings.SENTRY_ENVIRONMENTS = ("production", "staging")
    settings.SENTRY_TIMEOUT = 10.0
    settings.SENTRY_RETENTION_DAYS = 90


def found() -> list[tuple[str, str]]:
    """Return the ids of the complaints, with the variable that each names."""
    messages = run_checks(tags=["sentry"])
    assert all(isinstance(message, Error) == (".E" in (message.id or "")) for message in messages)
    assert all(isinstance(message, (Error, Warning)) for message in messages)
    return [(str(message.id).removeprefix("sentry_logs."), message.msg.split(":")[0]) for message in messages]


def test_right_settings_are_not_complained_about():
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SENTRY_URL", "sentry.io", ("E001", "SENTRY_URL")),
        ("SENTRY_URL", "https://user:secret@sentry.io", ("E001", "SENTRY_URL")),
        ("SENTRY_ORG", "Acme Limited", ("E002", "SENTRY_ORG")),
        ("SENTRY_PROJECTS", ("one", "two words"), ("E003", "SENTRY_PROJECT")),
        ("SENTRY_AUTH_TOKEN", "two words", ("E004", "SENTRY_AUTH_TOKEN")),
        ("SENTRY_AUTH_TOKEN", "sntrys_abc", ("E005", "SENTRY_AUTH_TOKEN")),
        ("SENTRY_ENVIRONMENTS", ("pro\\duction",), ("E006", "SENTRY_ENVIRONMENTS")),
        ("SENTRY_ENVIRONMENTS", ("eu/production",), ("E006", "SENTRY_ENVIRONMENTS")),
        ("SENTRY_ENVIRONMENTS", ("x" * 65,), ("E006", "SENTRY_ENVIRONMENTS")),
        ("SENTRY_ENVIRONMENTS", ("production", "all"), ("E007", "SENTRY_ENVIRONMENTS")),
        ("SENTRY_TIMEOUT", 0.0, ("E008", "SENTRY_TIMEOUT")),
        ("SENTRY_TIMEOUT", float("nan"), ("E008", "SENTRY_TIMEOUT")),
        ("SENTRY_RETENTION_DAYS", 0, ("E009", "SENTRY_RETENTION_DAYS")),
        ("SENTRY_CORRELATION_TAG", "call id", ("E010", "SENTRY_CORRELATION_TAG")),
        ("SENTRY_URL", "http://sentry.example.com", ("W002", "SENTRY_URL")),
        ("SENTRY_TIMEOUT", 45.0, ("W003", "SENTRY_TIMEOUT")),
        ("SENTRY_ENVIRONMENTS", (), ("W001", "SENTRY_ENVIRONMENTS")),
    ],
)
def test_a_wrong_setting_is_named(settings, name, value, complaint):
    setattr(settings, name, value)

    assert found() == [complaint]


def test_a_fresh_clone_is_only_warned(settings):
    settings.SENTRY_ORG = settings.SENTRY_AUTH_TOKEN = ""
    settings.SENTRY_PROJECTS = ()

    assert found() == [("W001", "SENTRY_ORG"), ("W001", "SENTRY_PROJECT"), ("W001", "SENTRY_AUTH_TOKEN")]


@pytest.mark.parametrize("token", ["sntrys_very-secret-one", "very secret-one", "very-secret-one\n\x07"])
def test_no_complaint_shows_the_token(settings, token):
    settings.SENTRY_AUTH_TOKEN = token

    messages = run_checks(tags=["sentry"])

    assert messages
    assert not any("secret-one" in f"{message.msg} {message.hint}" for message in messages)


def test_a_server_on_the_same_machine_needs_no_tls(settings):
    settings.SENTRY_URL = "http://127.0.0.1:9000"

    assert found() == []
