from __future__ import annotations

import csv
import io
import json
import re
from contextlib import closing

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from dashboard.calls import exporting
from dashboard.calls.models import Call, CallAlias, CallDetail
from dashboard.calls.shape import call_as_json
from dashboard.spreadsheet import TRIGGERS, guard, unguard
from tests.calls.test_export import URL, ids, table
from tests.factories import NOON, make_call

ADDED = {"url", "createdAt", "updatedAt"}


@given(st.text(alphabet=st.sampled_from([*TRIGGERS, *" '\"`“,;|\n\xa0\ufeff", "a", "1"]), max_size=12))
def test_no_cell_begins_with_a_formula_wherever_a_spreadsheet_splits_it(cell):
    for part in re.split(r"[,;|\t\r\n]", guard(cell)):
        assert part.strip().lstrip('"`“”‘’\ufeff\u200b ')[:1] not in set(TRIGGERS)
        assert part[:1] not in set(TRIGGERS)


@given(st.text() | st.text(alphabet=st.sampled_from([*TRIGGERS, *" '\"`“,;|\n\xa0\ufeff", "a", "1"])))
def test_a_guarded_cell_can_be_had_back(cell):
    written = exporting._csv([[cell, "next"]])
    [[read, following]] = csv.reader(io.StringIO(written, newline=""), strict=True)
    assert (unguard(read), following) == (cell, "next")


@pytest.mark.parametrize("cell", ["", "Riverside Dental", "2026-11-23T12:00Z", "a-b", "1+1", "it's", "a, b"])
def test_a_harmless_cell_stays_as_it_is(cell):
    assert guard(cell) == cell


@pytest.mark.parametrize(
    "bad",
    ["=HYPERLINK(1)", " =1", "@SUM(1)", "-1", "\t=1", "＝1", "'=1", '"=1', "a;=1", "a,\n+1", '",=cmd|1!A1,"'],
)
def test_a_hostile_fact_is_no_formula_and_breaks_no_row(lead_client, bad):
    make_call(line=bad, agent_name=bad)
    [row] = table(lead_client.get(URL))
    assert unguard(row["line"]) == bad and row["line"] != bad
    assert row["outcome"] == "completed"


def test_an_environment_with_an_odd_name_makes_no_odd_header(lead_client, settings):
    settings.SENTRY_ENVIRONMENTS = ('pro"d\r\n../x',)
    make_call(environment='pro"d\r\n../x')
    response = lead_client.get(URL, {"environment": 'pro"d\r\n../x'})
    assert len(ids(response)) == 1
    assert re.fullmatch(
        r'attachment; filename="calls-pro-d-----x-[\d-]{10}\.csv"', response["Content-Disposition"]
    )


# Taken in again


def as_told() -> list[dict]:
    calls = Call.objects.select_related("detail").prefetch_related("aliases").order_by("platform_call_id")
    return [
        {
            name: fact
            for name, fact in call_as_json(call, detail=True, clear=True).items()
            if name not in ADDED
        }
        for call in calls
    ]


@pytest.fixture
def varied_calls(db) -> None:
    """One call that runs, one with everything, one of which little is known, and a hostile one."""
    make_call(running=True, direction="outbound")
    full = make_call(ended_by="caller", fault="none", ended_reason_raw="customer-ended-call", agent_id="a1")
    CallDetail.objects.create(
        call=full,
        transcript=[{"role": "agent", "text": "Good morning", "atMs": 0}, {"role": "caller", "text": "=1+1"}],
        tool_calls=[
            {"name": "book", "atMs": 5, "arguments": {"day": "Tuesday"}, "result": [1], "failed": False}
        ],
        summary="Wanted a check-up.\n- Tuesday",
        success=True,
        sentiment="positive",
        transfer_to="+442079460009",
        language="en-GB",
        recording_url="https://example.org/r/1",
        recording_expires_at=NOON,
        cost_amount="0.123456",
        cost_currency="USD",
        latency={"turnP50Ms": 812.5},
        metadata={"tags": ["a", None], "deep": {"er": 1}},
    )
    CallAlias.objects.create(call=full, kind="trace_id", value="ab" * 16)
    make_call(platform="other", line="", agent_name="", agent_version="", from_number="", answered_at=None)
    make_call(line="=cmd;+1", agent_name='a"b,\r\nc', environment="staging", outcome="failed")


def in_clear(format: str) -> bytes:
    with closing(
        exporting.export(Call.objects.all(), exporting.FORMATS[format], "a test", clear=True)
    ) as rows:
        return b"".join(rows)


def imported(tmp_path, format: str) -> None:
    path = tmp_path / f"calls.{format}"
    path.write_bytes(in_clear(format))
    Call.objects.all().delete()
    call_command("import_calls", str(path), stdout=io.StringIO())


def test_an_export_in_clear_as_json_lines_gives_the_same_calls_again(varied_calls, tmp_path):
    before = as_told()
    imported(tmp_path, "jsonl")
    assert as_told() == before


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_a_masked_export_changes_nothing_of_the_calls_that_are_there(
    lead_client, varied_calls, tmp_path, format
):
    before = as_told()
    path = tmp_path / f"calls.{format}"
    path.write_bytes(lead_client.get(URL, {"format": format}).getvalue())

    call_command("import_calls", str(path), stdout=io.StringIO())

    assert as_told() == before


def test_an_export_in_clear_as_csv_gives_the_same_rows_again(varied_calls, tmp_path):
    before = in_clear("csv")
    imported(tmp_path, "csv")
    after = in_clear("csv")

    def without_the_moment(body: bytes) -> list[list[str]]:
        return [row[:-1] for row in csv.reader(io.StringIO(body.decode(), newline=""))]

    assert without_the_moment(after) == without_the_moment(before)


def test_an_old_export_does_not_beat_newer_news(lead_client, tmp_path, time_machine):
    time_machine.move_to(NOON, tick=False)
    make_call(running=True, platform_call_id="c-1", line="Old name", started_at=NOON)
    Call.objects.update(updated_at=NOON)
    old = tmp_path / "old.jsonl"
    old.write_bytes(lead_client.get(URL, {"format": "jsonl"}).getvalue())
    news = {"platform": "vapi", "platformCallId": "c-1", "environment": "production", "line": "New name"}
    new = tmp_path / "new.jsonl"
    new.write_text(json.dumps(news))
    time_machine.shift(60)
    call_command("import_calls", str(new), stdout=io.StringIO())
    time_machine.shift(60)
    call_command("import_calls", str(old), stdout=io.StringIO())
    assert Call.objects.get().line == "New name"
