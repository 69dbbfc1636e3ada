"""What only the live Sentry can answer: scope, limits, fields, reach. And what a pipeline sees of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def used(sandbox):
    """A sandbox as a receptionist uses it."""
    for days in (0, 3, 40):
        at = datetime.now(UTC) - timedelta(days=days, minutes=5)
        sandbox.add_event(
            correlation_id=f"call-{days}", title="KeyError: 'slot'", transaction="book", timestamp=at
        )
    return sandbox


def check(capsys, status=0):
    """Run the command as a pipeline does; return its findings by key."""
    if status:
        with pytest.raises(CommandError) as failure:
            call_command("sentry_check", "--json")
        assert failure.value.returncode == status
    else:
        call_command("sentry_check", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["exitStatus"], found["ok"]) == (status, not status)
    return {finding["key"]: finding for finding in found["findings"]}


def test_a_pipeline_gets_every_finding_as_json(used, capsys):
    findings = check(capsys)

    assert [key for key in findings if key != "old_way"] == [
        "configuration", "project", "events", "rate_limits", "fields", "reach", "tag", "filter",
    ]  # fmt: skip
    assert {finding["state"] for finding in findings.values()} == {"ok"}


def test_the_kind_of_token_is_named_and_the_token_is_not(used, capsys):
    call_command("sentry_check", "--json")
    text = capsys.readouterr().out

    assert "the token of an internal integration" in text
    assert used.token not in text


def test_limits_are_told_as_the_headers_say(used, capsys):
    used.limits.enabled = True

    limits = check(capsys)["rate_limits"]

    assert limits["facts"]["limit"] == 30 and limits["facts"]["concurrentLimit"] == 15
    assert "30 requests in a row" in limits["words"] and "15 at the same time" in limits["words"]


def test_a_server_without_limits_is_told_apart(used, capsys):
    limits = check(capsys)["rate_limits"]

    assert limits["facts"] == {"limit": None}
    assert "names none" in limits["words"]


def test_a_field_that_never_comes_fails_when_pages_need_it(sandbox, capsys):
    sandbox.add_event(correlation_id="call-1", environment=None, timestamp=datetime.now(UTC))

    fields = check(capsys, status=1)["fields"]

    assert fields["state"] == "failed"
    assert fields["facts"]["missing"] == ["environment"]


def test_a_field_that_may_be_empty_is_only_named(sandbox, capsys):
    sandbox.add_event(correlation_id="call-1", title="KeyError: 1", timestamp=datetime.now(UTC))

    fields = check(capsys)["fields"]

    assert "transaction" in fields["facts"]["empty"] and "transaction" in fields["words"]


def test_how_far_back_events_reach_is_probed(used, capsys):
    reach = check(capsys)["reach"]

    assert reach["facts"]["days"] == 40
    assert "without saying so" in reach["hint"]


@pytest.mark.parametrize(("retention", "advice"), [(30, "set it to at least 40"), (90, "Either the project")])
def test_the_reach_is_compared_with_our_setting(used, settings, capsys, retention, advice):
    settings.SENTRY_RETENTION_DAYS = retention

    assert advice in check(capsys)["reach"]["hint"]


def test_a_filter_that_does_not_filter_fails_the_check(used, capsys):
    used.faults.set("ignore_query", containing="canary-")

    proof = check(capsys, status=1)["filter"]

    assert proof["state"] == "failed"
    assert "an id that cannot exist had" in proof["words"]


def test_events_of_which_none_is_tagged_fail_the_check(sandbox, capsys):
    for _number in range(12):
        sandbox.add_event(correlation_id=None, timestamp=datetime.now(UTC) - timedelta(minutes=5))

    findings = check(capsys, status=1)

    assert (findings["tag"]["state"], findings["filter"]["state"]) == ("failed", "failed")


@pytest.mark.parametrize(
    ("name", "value"),
    [("SENTRY_AUTH_TOKEN", "sntrys_secret-one"), ("SENTRY_ORG", ""), ("SENTRY_ENVIRONMENTS", ("all",))],
)
def test_wrong_settings_have_an_exit_status_of_their_own(used, settings, capsys, name, value):
    setattr(settings, name, value)

    findings = check(capsys, status=2)

    assert list(findings) == ["configuration"]
    assert name in findings["configuration"]["words"] and used.requests == []
    assert "secret-one" not in json.dumps(findings)


def test_a_sentry_that_is_down_is_a_failure_and_no_wrong_setting(used, capsys):
    used.faults.set("html", status=502)

    assert list(check(capsys, status=1)) == ["configuration", "project"]
