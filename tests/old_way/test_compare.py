"""The comparison of the two ways, through its command and its page."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from sentry_logs.models import ComparisonReport
from tests.factories import make_call

pytestmark = pytest.mark.django_db

PAGE = "/logs/comparison/"
NOTHING = {"data": [], "meta": {"fields": {}}}


def run(*more: str, environment="production", period="7d") -> str:
    out = io.StringIO()
    call_command("sentry_compare", "--environment", environment, "--period", period, *more, stdout=out)
    return out.getvalue()


def call(name: str, age: timedelta, **facts):
    return make_call(platform_call_id=name, started_at=datetime.now(UTC) - age, **facts)


def report(**options) -> dict:
    return json.loads(run("--json", **options))


@pytest.fixture
def world(sandbox):
    """A call of today and one of two days ago, each with an error; more events than the old way sees."""
    call("young", timedelta(minutes=20))
    call("old", timedelta(days=2))
    call("silent", timedelta(days=3))
    now = datetime.now(UTC)
    sandbox.add_event(correlation_id="old", level="error", timestamp=now - timedelta(days=2))
    for second in range(120):
        sandbox.add_event(
            correlation_id="noise", level="info", timestamp=now - timedelta(hours=3, seconds=second)
        )
    sandbox.add_event(correlation_id="young", level="error", timestamp=now - timedelta(minutes=19))
    return sandbox


def test_it_reports_for_each_age_whose_logs_are_found(world):
    ages = {age["age"]: age for age in report()["coverage"]}

    young, old = ages["last hour"], ages["1 to 7 days"]
    assert (young["calls"], young["found"]) == (1, {"project_events": 1, "discover": 1})
    assert (old["calls"], old["with_logs"]) == (2, 1)
    assert old["found"] == {"project_events": 0, "discover": 1}
    assert "7 to 30 days" not in ages


def test_marks_that_only_the_new_way_finds_are_gained_with_examples(world):
    found = report()

    assert (found["gained"]["count"], found["lost"]["count"], found["compared"]) == (1, 0, 3)
    assert [example["correlation_id"] for example in found["gained"]["examples"]] == ["old"]
    assert found["gained"]["examples"][0] | {"started_at": ""} == {
        "correlation_id": "old", "started_at": "", "old": "partly checked", "new": "1 error",
    }  # fmt: skip
    assert [way["definite"] for way in found["ways"].values()] == [1, 3]


def test_a_call_page_is_one_request_either_way_and_a_small_one_the_new_way(world):
    report()
    old, new = (way["cost"] for way in report()["ways"].values())

    assert (old["requests"], new["requests"]) == (1, 1)
    assert old["bytes"] > 10 * new["bytes"] > 0
    assert old["seconds"] > 0 and new["seconds"] > 0


def test_a_lost_mark_fails_the_command_and_is_shown(world, admin_client):
    world.faults.set("status", status=200, body=NOTHING, path="/organizations/")

    with pytest.raises(CommandError, match="lost by the new way: 1") as failure:
        run()

    assert failure.value.returncode == 1
    page = admin_client.get(PAGE).content.decode()
    assert "The new way misses the errors of 1 call" in page
    assert "Errors that only the old way shows: 1 call" in page and "young" in page


def test_what_a_second_look_finds_is_late_and_not_lost(world):
    report()
    # The first two questions of a run are those about "young": its logs, and its mark.
    world.faults.set("status", times=2, status=200, body=NOTHING, path="/organizations/")

    found = report()

    assert (found["late"], found["lost"]["count"]) == (1, 0)


def test_when_sentry_is_down_nothing_is_proven_or_kept(world):
    world.faults.set("status", status=500)

    with pytest.raises(CommandError, match="three times in a row") as failure:
        run()

    assert failure.value.returncode == 2
    assert not ComparisonReport.objects.exists()


def test_one_unanswered_question_leaves_the_comparison_incomplete(world, admin_client):
    report()
    world.faults.set("query_timeout", times=2, path="/organizations/")

    with pytest.raises(CommandError, match="nothing is proven") as failure:
        run()

    assert failure.value.returncode == 2
    assert "This comparison is incomplete." in admin_client.get(PAGE).content.decode()


def test_it_waits_until_the_moment_that_sentry_names(world):
    world.faults.set("rate_limited", seconds=1)

    assert report()["ways"]["discover"]["unanswered"] == 0


def test_calls_of_other_environments_and_outside_the_period_are_left_out(world):
    call("elsewhere", timedelta(hours=2), environment="staging")

    assert report(period="24h")["calls"] == 1
    assert report(environment="staging")["calls"] == 1
    assert report(environment="all")["calls"] == 4


def test_a_sample_is_taken_of_each_age(world):
    for hours in range(2, 8):
        call(f"call-{hours}", timedelta(hours=hours))

    ages = {age["age"]: age["calls"] for age in json.loads(run("--json", "--sample", "2"))["coverage"]}

    assert ages == {"last hour": 1, "last 24 hours": 2, "1 to 7 days": 2}


def test_an_id_that_cannot_be_asked_is_counted_and_left_out(world):
    call("back\\slash", timedelta(hours=2))

    found = report()

    assert (found["calls"], found["not_askable"], found["compared"]) == (4, 1, 3)


def test_calls_older_than_sentry_keeps_are_left_out(world, settings):
    settings.SENTRY_RETENTION_DAYS = 1

    assert report()["calls"] == 1


def test_without_calls_there_is_nothing_to_compare(sandbox):
    with pytest.raises(CommandError, match="no calls") as failure:
        run()
    assert failure.value.returncode == 2


def test_the_plain_table_has_both_ways_side_by_side(world):
    words = run()

    assert "legacy" in words and "Discover" in words
    assert "last hour (1 of 1)" in words and "error marks lost by the new way: 0" in words
    assert "old  legacy: partly checked, Discover: 1 error" in words


def test_the_page_shows_the_last_report_of_each_environment(world, admin_client):
    run()
    run(period="24h")
    run(environment="all")

    page = admin_client.get(PAGE).content.decode()

    assert page.count("Nothing is lost.") == 2
    assert "All environments" in page and "Production" in page
    assert ComparisonReport.objects.get(environment="production").period == "24h"


def test_the_page_links_examples_to_their_calls(world, admin_client):
    run()

    response = admin_client.get(PAGE)

    (example,) = response.context["reports"][0]["gained"]["examples"]
    assert f'href="{example.link.url}"' in response.content.decode()


def test_the_page_says_how_to_make_a_first_report(admin_client):
    assert "manage.py sentry_compare" in admin_client.get(PAGE).content.decode()


def test_the_page_is_for_administrators(support_client):
    assert support_client.get(PAGE).status_code == 403
