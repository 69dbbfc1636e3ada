from __future__ import annotations

import io
import os
from datetime import UTC, datetime

import pytest

from dashboard.calls.models import Call, CallAlias
from tests.ingest.files.running import HEADER, Run, csv_lines, ids, json_lines, row, run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "header",
    [
        "platform,platformCallId,environment,startedAt,durationMs,fromNumber",
        "platform,platform_call_id,environment,started_at,duration_ms,from_number",
        "Platform,Platform call id,Environment,Started at,Duration ms,From number",
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_may_name_its_columns_and_part_its_cells_in_several_ways(write, header, delimiter):
    line = "retell,c-1,staging,2026-11-20T10:00:00+02:00,61500,+442079464417"
    assert run(write(f"{header}\n{line}\n".replace(",", delimiter), "calls.csv")) == Run(
        0, "1 new calls, 0 were there already.\n", ""
    )
    call = Call.objects.get()
    assert (call.platform, call.environment, call.duration_ms) == ("retell", "staging", 61_500)
    assert call.started_at.isoformat() == "2026-11-20T08:00:00+00:00"
    assert call.from_number == "+442079464417"


def test_a_csv_as_windows_writes_it(write):
    content = f'\ufeff{HEADER},line\r\nvapi,c-1,production,2026-11-20T10:00:00Z,ended,"A ""b"",\r\nc"\r\n'
    content += "\r\nvapi,c-2,production,2026-11-20T10:00:00Z,ended,\r\n"
    assert run(write(content, "calls.csv")).status == 0
    assert list(Call.objects.order_by("platform_call_id").values_list("platform_call_id", "line")) == [
        ("c-1", 'A "b",\r\nc'),
        ("c-2", ""),
    ]


def test_the_mark_of_utf_8_is_no_part_of_the_first_name(write):
    assert run(write('\ufeff"Platform, call id",environment\nc-1,production\n', "calls.csv")).status == 0
    assert ids() == ["c-1"]


def test_a_csv_can_hold_what_has_parts(write):
    header = f"{HEADER},costAmount,costCurrency,success,aliases,metadata"
    line = (
        f'{",".join(row(1).values())},0.25,EUR,TRUE,"[{{""kind"":""room"",""value"":""r-1""}}]","{{""a"":1}}"'
    )
    assert run(write(f"{header}\n{line}\n", "calls.csv")).status == 0
    call = Call.objects.get()
    assert (str(call.detail.cost_amount), call.detail.cost_currency) == ("0.250000", "EUR")
    assert call.detail.success is True and call.detail.metadata == {"a": 1}
    assert CallAlias.objects.get().value == "r-1"


def test_json_lines_hold_everything(write):
    transcript = [{"role": "caller", "text": "Hello ☎", "atMs": 5}]
    assert run(write(json_lines(row(1, transcript=transcript, summary="a\nb")))).status == 0
    call = Call.objects.get()
    assert call.detail.transcript == transcript and call.detail.summary == "a\nb"


def test_what_the_file_does_not_say_can_be_said_for_all(write):
    bare = {"platformCallId": "c-1"}
    file = write(json_lines(bare, bare | {"platformCallId": "c-2", "environment": "production"}))
    refused = run(file)
    assert refused.status == 1
    assert "Line 1: environment: Is required: the file does not say it" in refused.told
    assert run(file, environment="staging", platform="twilio").status == 0
    assert set(Call.objects.values_list("platform_call_id", "environment", "platform")) == {
        ("c-1", "staging", "twilio"),
        ("c-2", "production", "twilio"),
        ("c-2", "production", "other"),
    }


@pytest.mark.parametrize(
    ("name", "content"), [("export", json_lines(row(1))), ("export", f"{HEADER}\n{csv_lines(row(1))}")]
)
def test_a_file_of_any_name_is_known_by_how_it_begins(write, name, content):
    assert run(write(content, name)).status == 0
    assert ids() == ["c-1"]


def test_standard_input_is_read_too(monkeypatch, tmp_path):
    class Stdin:
        buffer = io.BufferedReader(io.BytesIO(json_lines(row(1)).encode()))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", Stdin)
    assert run("-").status == 0
    assert ids() == ["c-1"] and list(tmp_path.iterdir()) == []


def test_columns_that_nobody_knows_are_named(write):
    told = run(write(f"{HEADER},colour\n{','.join(row(1).values())},red\n", "calls.csv"))
    assert told.status == 0 and "Columns that are not used: colour." in told.told


def test_importing_twice_changes_nothing(write, small_batches):
    file = write(json_lines(*(row(number, aliases=[{"kind": "k", "value": "v"}]) for number in range(8))))
    assert run(file).said == "8 new calls, 0 were there already.\n"
    before = list(Call.objects.order_by("pk").values())
    assert run(file) == Run(0, "0 new calls, 8 were there already.\n", "")
    assert list(Call.objects.order_by("pk").values()) == before
    assert CallAlias.objects.count() == 8


def test_a_file_counts_from_when_it_was_written(write):
    file = write(json_lines(row(1, line="Old name"), row(2, reportedAt="2026-11-20T10:00:00Z", line="b")))
    written = datetime(2026, 11, 21, tzinfo=UTC).timestamp()
    os.utime(file, (written, written))
    news = [row(1, line="New name"), row(2, line="c", reportedAt="2026-11-20T09:00:00Z")]
    run(write(json_lines(*news), "news.jsonl"))
    run(file)
    assert list(Call.objects.order_by("platform_call_id").values_list("line", flat=True)) == ["New name", "b"]


def test_several_lines_of_one_call_are_one_call(write):
    file = write(json_lines(row(1, status="ringing"), row(1, agentName="Front desk"), row(1, status="ended")))
    assert run(file).said == "1 new calls, 2 were there already.\n"
    call = Call.objects.get()
    assert (call.status, call.agent_name) == ("ended", "Front desk")


def test_a_dry_run_changes_nothing(write, tmp_path):
    file = write(json_lines(row(1), row(2, outcome="fine")))
    checked = run(file, dry_run=True)
    assert checked.status == 1 and checked.said == "Lines that can be imported: 1.\n"
    assert "Line 2: outcome: “fine” is not one of" in checked.told
    assert ids() == [] and list(tmp_path.iterdir()) == [file]
