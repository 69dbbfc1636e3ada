from __future__ import annotations

import pytest
import time_machine

from sentry_logs.sandbox import start_sandbox
from tests.sandbox.conftest import NOW, Door, ago

LEVELS = ("fatal", "error", "warning", "info")


def fill(door: Door) -> None:
    """Three calls: one with a fatal and two errors, one with a warning, one clean; and an untagged event."""
    add = door.sandbox.add_event
    add(correlation_id="bad", title="E1", level="error", timestamp=ago(minutes=30))
    add(correlation_id="bad", title="E2", level="error", timestamp=ago(minutes=20), environment="staging")
    add(correlation_id="bad", title="F", level="fatal", timestamp=ago(minutes=10))
    add(correlation_id="warn", title="W", level="warning", timestamp=ago(minutes=5))
    add(correlation_id="fine", title="I", level="info", timestamp=ago(minutes=40))
    add(title="lost", level="error", timestamp=ago(minutes=1), environment=None)


def test_rows_have_exactly_the_names_that_were_asked_and_the_ids(any_door):
    fill(any_door)
    row = any_door.rows(
        field=["title", "tags[correlation_id]", "correlation_id", "nonsense"], query="title:F"
    )[0]
    assert row.pop("id") and row.pop("project.name") == "receptionist"
    assert row == {"title": "F", "tags[correlation_id]": "bad", "correlation_id": "bad", "nonsense": ""}


def test_the_issue_comes_with_its_number(any_door):
    any_door.sandbox.add_event(title="one")
    row = any_door.rows(field="issue")[0]
    assert row["issue"] == "RECEPTIONIST-1"
    assert row["issue.id"] == 1


def test_nothing_is_added_to_grouped_rows(any_door):
    fill(any_door)
    row = any_door.rows(field=["tags[correlation_id]", "count()"], query="correlation_id:bad")[0]
    assert row == {"tags[correlation_id]": "bad", "count()": 3}


def test_timestamps_are_whole_seconds_in_utc(any_door):
    any_door.sandbox.add_event(
        title="one", timestamp=NOW.replace(microsecond=987654) - (NOW - ago(minutes=1))
    )
    row = any_door.rows(field="timestamp")[0]
    assert row["timestamp"] == ago(minutes=1).isoformat()


def test_a_missing_environment_is_null_and_a_missing_tag_is_empty(any_door):
    any_door.sandbox.add_event(title="one", environment=None)
    row = any_door.rows(field=["environment", "tags[correlation_id]"])[0]
    assert row["environment"] is None
    assert row["tags[correlation_id]"] == ""


def test_event_id_and_platform_are_tags_on_discover():
    with start_sandbox(old=True) as sandbox:
        sandbox.add_event(title="one")
        row = Door(sandbox).rows(field=["event_id", "platform", "platform.name"])[0]
    assert (row["event_id"], row["platform"], row["platform.name"]) == ("", "", "python")


def test_chained_exceptions_are_arrays(any_door):
    values = [{"type": "HTTPError", "value": "503"}, {"type": "SpeechError", "value": "failed"}]
    any_door.sandbox.add_event(exception={"values": values})
    row = any_door.rows(field=["error.type", "error.value", "title"])[0]
    assert row["error.type"] == ["HTTPError", "SpeechError"]
    assert row["error.value"] == ["503", "failed"]
    assert row["title"] == "SpeechError: failed"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (None, "No columns selected"),
        (
            [f"f{n}" for n in range(21)],
            "You can view up to 20 fields at a time. Please delete some and try again.",
        ),
        (["id,title"], "Invalid characters in field id,title"),
        (["tag[correlation_id]"], "Invalid characters in field tag[correlation_id]"),
        (["tag[correlation_id],count()"], "tag[correlation_id],count is not a valid function"),
        (["max(level)"], "max: column argument invalid: level is not a valid column"),
        (["nonsense(level)"], "nonsense is not a valid function"),
        (["count_if(project,equals,x)"], "count_if: column argument invalid: project is not a valid column"),
    ],
)
def test_bad_fields_are_refused_in_sentrys_words(any_door, fields, words):
    assert any_door.refusal(field=fields) == words


def test_twenty_fields_are_allowed(any_door):
    assert any_door.events(field=[f"f{n}" for n in range(20)]).status_code == 200


@pytest.mark.parametrize("function", ["max(timestamp)", "min(timestamp)"])
def test_a_column_may_not_stand_both_alone_and_in_a_function(any_door, function):
    assert any_door.refusal(field=["timestamp", function]) == (
        "A single field cannot be used both inside and outside a function in the same query. "
        f"To use timestamp you must first remove the function(s): {function}"
    )


def test_count_if_and_last_seen_may_stand_beside_their_column(any_door):
    fill(any_door)
    fields = ["level", "timestamp", "count_if(level,equals,error)", "last_seen()"]
    assert len(any_door.rows(field=fields)) == 6


def test_one_grouped_request_answers_the_browse_page(any_door):
    fill(any_door)
    counts = [f"count_if(level,equals,{level})" for level in LEVELS]
    fields = ["tags[correlation_id]", "count()", *counts, "min(timestamp)", "max(timestamp)"]
    rows = any_door.rows(field=fields, query="has:correlation_id", sort="-max(timestamp)")
    assert [row["tags[correlation_id]"] for row in rows] == ["warn", "bad", "fine"]
    assert [rows[1][name] for name in ("count()", *counts)] == [3, 1, 2, 0, 0]
    assert rows[1]["min(timestamp)"] == ago(minutes=30).isoformat()
    assert rows[1]["max(timestamp)"] == ago(minutes=10).isoformat()


def test_untagged_events_form_a_group_of_their_own(any_door):
    fill(any_door)
    rows = any_door.rows(field=["tags[correlation_id]", "count()"])
    assert {row["tags[correlation_id]"]: row["count()"] for row in rows}[""] == 1


def test_every_plain_field_is_a_group_key(any_door):
    fill(any_door)
    rows = any_door.rows(field=["tags[correlation_id]", "environment", "count()"], query="correlation_id:bad")
    assert {row["environment"]: row["count()"] for row in rows} == {"production": 2, "staging": 1}


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("count()", 6),
        ("count_unique(tags[correlation_id])", 4),
        ("count_unique(environment)", 2),
        ("count_unique(issue)", 6),
        ('count_if(title,equals,"E1")', 1),
        ("count_if(level,notEquals,error)", 3),
        ("count_if(environment,equals,staging)", 1),
        ("any(project)", "receptionist"),
    ],
)
def test_functions_count_what_they_should(any_door, function, value):
    fill(any_door)
    assert any_door.rows(field=function) == [{function: value}]


def test_a_quoted_value_of_count_if_may_hold_a_comma(any_door):
    any_door.sandbox.add_event(title="one, two")
    function = 'count_if(title,equals,"one, two")'
    assert any_door.rows(field=function) == [{function: 1}]


def test_latest_event_names_the_newest_of_the_group(any_door):
    any_door.sandbox.add_event(correlation_id="a", timestamp=ago(minutes=2))
    newest = any_door.sandbox.add_event(correlation_id="a", timestamp=ago(minutes=1))
    rows = any_door.rows(field=["tags[correlation_id]", "latest_event()", "last_seen()"])
    assert rows[0]["latest_event()"] == newest
    assert rows[0]["last_seen()"] == ago(minutes=1).isoformat()


def test_counting_nothing_is_one_row_of_zero_and_grouping_nothing_is_none(any_door):
    assert any_door.rows(field="count()") == [{"count()": 0}]
    assert any_door.rows(field=["level", "count()"]) == []


def test_a_condition_on_a_count_filters_groups(any_door):
    fill(any_door)
    rows = any_door.rows(field=["tags[correlation_id]", "count()"], query="count():>1")
    assert [row["tags[correlation_id]"] for row in rows] == ["bad"]


def test_a_condition_on_a_function_that_is_not_selected_needs_some_function(any_door):
    fill(any_door)
    with time_machine.travel(NOW, tick=True):
        rows = any_door.rows(field=["level", "count()"], query="last_seen():-7m")
    assert sorted(row["level"] for row in rows) == ["error", "warning"]
    assert "not in the selected columns" in any_door.refusal(field="level", query="count():>1")


def test_conditions_on_groups_can_be_switched_off(any_door):
    fill(any_door)
    rows = any_door.rows(field=["level", "count()"], query="count():>1", allowAggregateConditions=0)
    assert len(rows) == 4


def test_types_are_told_in_meta(any_door):
    fields = ["tags[correlation_id]", "count()", "max(timestamp)", "count_unique(issue)", "project.id"]
    kinds = any_door.events(field=fields).json()["meta"]["fields"]
    assert [kinds[field] for field in fields] == ["string", "integer", "date", "integer", "integer"]


def test_new_servers_name_their_dataset(door, old_door):
    assert door.events().json()["meta"]["dataset"] == "errors"
    assert "dataset" not in old_door.events().json()["meta"]


def test_old_servers_know_no_errors_dataset(old_door):
    assert old_door.refusal(dataset="errors").startswith("dataset must be one of: discover, ")


def test_discover_mixes_transactions_in(door):
    door.sandbox.add_event(title="boom")
    door.sandbox.add_event(type="transaction", transaction="turn")
    assert len(door.rows(dataset="discover")) == len(door.rows(dataset=None)) == 2
    assert door.titles("!event.type:transaction", dataset="discover") == ["boom"]
    assert door.titles("", dataset="errors") == ["boom"]


@pytest.mark.parametrize("sort", ["-count", "-count()", "-max_timestamp", "tags[correlation_id]"])
def test_selected_columns_and_their_aliases_sort(any_door, sort):
    fields = ["tags[correlation_id]", "count()", "max(timestamp)"]
    assert any_door.events(field=fields, sort=sort).status_code == 200


@pytest.mark.parametrize("sort", ["-timestamp", "count()", "-level"])
def test_a_column_that_is_not_selected_does_not_sort(any_door, sort):
    assert any_door.refusal(field="title", sort=sort) == "Cannot sort by a field that is not selected."


def test_sorting_by_several_keys(any_door):
    for title, minutes in (("b", 5), ("a", 5), ("c", 1)):
        any_door.sandbox.add_event(title=title, timestamp=ago(minutes=minutes))
    rows = any_door.rows(field=["title", "timestamp"], sort=["-timestamp", "title"])
    assert [row["title"] for row in rows] == ["c", "a", "b"]


def test_without_a_sort_the_order_is_not_that_of_time(any_door):
    for number in range(30):
        any_door.sandbox.add_event(title=f"{number:02d}", timestamp=ago(minutes=number))
    titles = [row["title"] for row in any_door.rows()]
    assert titles != sorted(titles) and titles != sorted(titles, reverse=True)


def test_equal_keys_come_back_in_another_order_each_time(any_door):
    for number in range(20):
        any_door.sandbox.add_event(title=f"{number:02d}", timestamp=ago(minutes=1))
    asked = {"field": ["title", "timestamp"], "sort": "-timestamp"}
    assert any_door.rows(**asked) != any_door.rows(**asked)


def test_groups_of_equal_counts_come_back_in_another_order_each_time(any_door):
    for number in range(20):
        any_door.sandbox.add_event(correlation_id=f"call_{number}")
    asked = {"field": ["tags[correlation_id]", "count()"], "sort": "-count()"}
    assert any_door.rows(**asked) != any_door.rows(**asked)


def test_environments_are_ored_and_empty_means_none(any_door):
    fill(any_door)
    assert len(any_door.rows(environment="staging")) == 1
    assert len(any_door.rows(environment=["staging", "production"])) == 5
    assert [row["title"] for row in any_door.rows(environment="")] == ["lost"]


def test_an_unknown_environment_is_a_404(any_door):
    fill(any_door)
    answer = any_door.events(environment="prod")
    assert answer.status_code == 404
    assert answer.json() == {"detail": "The requested resource does not exist"}


def test_an_unknown_environment_in_the_query_is_just_empty(any_door):
    fill(any_door)
    assert any_door.titles('environment:"prod"') == []


def test_a_missing_project_is_refused_without_global_views(any_door):
    words = "You cannot view events from multiple projects."
    assert any_door.refusal(project=None) == any_door.refusal(project=-1) == words
    assert any_door.refusal(project=None, query="project:receptionist") == words
    any_door.sandbox.options.global_views = True
    assert any_door.events(project=None).status_code == 200


def test_a_project_slug_works_on_new_servers_only(door, old_door):
    assert door.events(project="receptionist").status_code == 200
    words = "Invalid project parameter. Values must be numbers."
    assert old_door.refusal(project="receptionist") == words


def test_a_foreign_project_is_a_403(any_door):
    assert any_door.events(project=99).status_code == 403


def test_events_stay_within_their_project(any_door):
    any_door.sandbox.add_event(title="ours")
    any_door.sandbox.add_event(title="other", project="voice-workers")
    assert any_door.titles("") == ["ours"]


def test_a_caller_without_projects_gets_a_tip_instead_of_fields(any_door):
    any_door.sandbox.options.members = set()
    body = any_door.events(project=None).json()
    tip = "Need at least one valid project to query."
    assert body == {"data": [], "meta": {"tips": {"query": tip}}}


def test_an_organization_without_discover_answers_an_empty_404(any_door):
    any_door.sandbox.options.discover = False
    answer = any_door.events()
    assert (answer.status_code, answer.content) == (404, b"")


def test_a_very_long_target_gets_a_misleading_refusal(any_door):
    assert any_door.refusal(query="x" * 17_000) == "No columns selected"
