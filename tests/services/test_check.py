from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command


def run(capsys) -> str:
    call_command("sentry_check")
    return capsys.readouterr().out


def test_it_says_what_works_and_how_many_events_carry_the_tag(sandbox, capsys):
    for name in ("a", "b", None):
        sandbox.add_event(correlation_id=name, timestamp=datetime.now(UTC))

    words = run(capsys)

    assert "FAILS" not in words
    assert "2 of 3 events of the last 7 days carry correlation_id" in words
    assert str(sandbox.project_id) in words and "dataset errors" in words
    assert sandbox.token not in words


@pytest.mark.parametrize(
    ("scopes", "failing"),
    [
        (set(), "Project"),
        ({"org:read"}, "Project"),
        ({"project:read"}, "Events (org:read)"),
    ],
)
def test_a_missing_scope_is_named(sandbox, capsys, scopes, failing):
    sandbox.tokens[sandbox.token] = scopes

    with pytest.raises(CommandError):
        run(capsys)

    assert f"FAILS  {failing}" in capsys.readouterr().out


def test_a_wrong_token_is_told_from_a_missing_scope(sandbox, settings, capsys):
    settings.SENTRY_AUTH_TOKEN = "sntryi_wrong"

    with pytest.raises(CommandError):
        run(capsys)

    assert "SENTRY_AUTH_TOKEN" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("SENTRY_ORG", "SENTRY_ORG"),
        ("SENTRY_PROJECTS", "SENTRY_PROJECT"),
        ("SENTRY_AUTH_TOKEN", "SENTRY_AUTH_TOKEN"),
    ],
)
def test_a_missing_setting_is_named_before_anything_is_asked(sandbox, settings, capsys, name, variable):
    setattr(settings, name, type(getattr(settings, name))())

    with pytest.raises(CommandError):
        run(capsys)

    words = capsys.readouterr().out
    assert "FAILS  Configuration" in words and f"{variable}:" in words
    assert sandbox.requests == []


def test_events_that_nobody_tagged_lead_to_the_instrumentation(sandbox, capsys):
    sandbox.add_event(correlation_id=None, timestamp=datetime.now(UTC))

    assert 'set_tag("correlation_id"' in run(capsys)
