from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.calls.models import Call
from dashboard.ingest import importing, lines
from dashboard.ingest.call_files import NotUsable, read_calls
from dashboard.ingest.reports import Report
from tests.ingest.files.running import HEADER, csv_lines, ids, json_lines, row, run

pytestmark = pytest.mark.django_db

DEEP = '{"platformCallId": "x", "metadata": ' + "[" * 100_000 + "]" * 100_000 + "}"


def test_a_refused_line_is_named_and_the_others_are_kept(write, tmp_path):
    refused = tmp_path / "refused.csv"
    file = write(json_lines(row(1), row(2, durationMs="x", outcome="fine"), [], row(3), row(4, start_at=1)))
    told = run(file, refused=refused)
    assert told.status == 1 and ids() == ["c-1", "c-3"]
    assert told.said == "2 new calls, 0 were there already.\n"
    assert told.told.endswith("Lines that were refused: 3.")
    with refused.open(encoding="utf-8-sig", newline="") as lines_of_it:
        rows = list(csv.DictReader(lines_of_it))
    assert [(one["line"], one["field"]) for one in rows] == [
        ("2", "outcome"),
        ("2", "durationMs"),
        ("3", ""),
        ("5", "start_at"),
    ]
    assert rows[1]["reason"] == "Must be a whole number."
    assert "Did you mean" in rows[3]["reason"]


def test_the_screen_shows_the_first_of_many_and_the_file_all(write, tmp_path):
    refused = tmp_path / "refused.csv"
    told = run(write("no\n" * 1_234), refused=refused)
    assert told.told.count("Line ") == 20 and "Lines that were refused: 1,234." in told.told
    assert len(refused.read_text().splitlines()) == 1_235


def test_what_a_hostile_line_says_is_no_formula_in_the_file_of_refused_ones(write, tmp_path):
    refused = tmp_path / "refused.csv"
    run(write(json_lines(row(1, **{"=1+1": 1}))), refused=refused)
    assert "'=1+1" in refused.read_text()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[]", "not a JSON object"),
        ("{", "not JSON"),
        (DEEP, "nested too deep"),
        ('{"platformCallId": "x", "durationMs": ' + "9" * 5_000 + "}", "thousands of digits"),
        ('{"platformCallId": "x", "durationMs": NaN}', "JSON does not know"),
        ('{"platformCallId": "x' + "\0" + '"}', "NUL byte"),
        (b'{"platformCallId": "\xff"}', "not UTF-8"),
        ('{"platformCallId": "' + "x" * 10_000 + '"}', "platformCallId: Has more than 200 characters."),
        ('{"a": "' + "x" * 10_000_000 + '"}', "longer than 5,242,880 bytes"),
        ("{" + ",".join(f'"k{n}": 1' for n in range(200_000)) + "}", "more than 100 fields"),
        ('{"platformCallId": "x", "startedAt": "0001-01-01T00:00:00Z"}', "between the years"),
        ('{"platformCallId": {"a": []}}', "Must be text."),
    ],
)
def test_a_hostile_line_of_json_is_refused_and_those_around_it_kept(write, line, words):
    bad = line if isinstance(line, bytes) else line.encode()
    good = [json_lines(row(number)).encode() for number in (1, 2)]
    told = run(write(good[0] + bad + b"\n" + good[1]), environment="production")
    assert told.status == 1 and words in told.told and "Line 2" in told.told
    assert ids() == ["c-1", "c-2"]


def test_half_a_character_is_kept_as_its_sign(write):
    told = run(write(f'{json_lines(row(1))}{{"platformCallId": "c-\\ud800"}}\n'), environment="production")
    assert told.status == 0 and ids() == ["c-1", "c-\ufffd"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('vapi,"c-9,production,2026-11-20T10:00:00Z,ended', "quote"),
        ('vapi,"c"9,production,2026-11-20T10:00:00Z,ended', "The quotes do not match."),
        ("vapi,c-9,production", "The line has 3 cells, the header has 5."),
        ("vapi,c-9,production,2026-11-20T10:00:00Z,ended,x", "has 6 cells"),
        ("vapi,c-\0,production,2026-11-20T10:00:00Z,ended", "NUL byte"),
        (b"vapi,c-\xff,production,2026-11-20T10:00:00Z,ended", "not UTF-8"),
        (f"vapi,{'x' * 200_000},production,2026-11-20T10:00:00Z,ended", "more than 131,072 characters"),
        (f"vapi,{'x' * 10_000_000},production,2026-11-20T10:00:00Z,ended", "longer than"),
        ("vapi,,production,2026-11-20T10:00:00Z,ended", "platformCallId: Is required."),
        ('"', "quote"),
    ],
)
def test_a_hostile_line_of_csv_is_refused_and_those_around_it_kept(write, line, words):
    bad = line if isinstance(line, bytes) else line.encode()
    good = [csv_lines(row(number)).encode() for number in (1, 2, 3)]
    content = HEADER.encode() + b"\n" + good[0] + bad + b"\n" + good[1] + good[2]
    told = run(write(content, "calls.csv"))
    assert told.status == 1 and words in told.told and "Line 3" in told.told
    assert ids() == ["c-1", "c-2", "c-3"]
    assert "Lines that were refused: 1." in told.told


def test_a_quote_that_is_never_closed_costs_one_line_of_a_long_file(write):
    good = csv_lines(*(row(number) for number in range(3_000)))
    told = run(write(f'{HEADER}\nvapi,"c,production,2026-11-20T10:00:00Z,ended\n{good}', "calls.csv"))
    assert "Lines that were refused: 1." in told.told
    assert Call.objects.count() == 3_000


PIECES = [
    HEADER.encode(),
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xff",
    "🦷".encode(),
    b"{",
    b"}",
    b"[",
    b"'=",
]


@given(
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=5), max_size=30).map(b"".join),
    st.sampled_from([b"", f"{HEADER}\n".encode()]),
    st.sampled_from(["csv", "jsonl"]),
)
def test_whatever_the_bytes_each_line_is_a_call_or_refused(body, header, kind):
    content = header + body
    stream = io.BufferedReader(io.BytesIO(content))
    defaults = importing.Defaults("production", "", datetime.now(UTC))
    try:
        told = list(read_calls(stream, kind, 0, 0, lambda words: None))
    except NotUsable:
        return
    for one in told:
        report = defaults.report(one)
        assert isinstance(report, Report) or report
    places = [one.end for one in told]
    assert places == sorted(set(places)) and all(place <= len(content) for place in places)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("", "calls.csv", "The file is empty."),
        (json_lines(row(1)).encode("utf-16"), "calls.jsonl", "Save it as UTF-8."),
        (f"{HEADER}\n".encode("utf-16"), "calls.csv", "Save it as UTF-8."),
        (HEADER.encode() + b",\xff\n", "calls.csv", "not UTF-8"),
        ("platform,environment\nvapi,production\n", "calls.csv", "must be platformCallId"),
        (f"{HEADER},Platform\n", "calls.csv", "names platform more than once"),
        (f"{HEADER}\rvapi,c-1,production,,\r", "calls.csv", "end in CR alone"),
        ('"platformCallId\n', "calls.csv", "The header cannot be read."),
        (json.dumps([row(1)]), "calls.json", "The file is one JSON list."),
    ],
)
def test_a_file_that_is_not_usable_is_refused_as_a_whole(write, content, name, words):
    told = run(write(content, name))
    assert told.status == 2 and words in told.told
    assert ids() == []


def test_the_file_itself_is_never_written_over(write):
    file = write(json_lines(row(1)))
    told = run(file, refused=file)
    assert told.status == 2 and "need another file" in told.told
    assert file.read_text() == json_lines(row(1))


def test_a_file_that_is_not_there_is_said(tmp_path):
    assert run(tmp_path / "none.csv").status == 2
    assert run(tmp_path).status == 2


def test_the_longest_line_is_still_taken(write, monkeypatch):
    line = json_lines(row(1))
    monkeypatch.setattr(lines, "LONGEST_LINE", len(line))
    assert run(write(line + line.replace("c-1", "c-22"))).status == 1
    assert ids() == ["c-1"]
