from __future__ import annotations

import csv
import io
import json
import logging
import re
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
import requests
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from dashboard.calls import download, exporting, only_errors
from dashboard.calls.models import Call
from dashboard.calls.shape import call_as_json
from dashboard.calls.vocabulary import Outcome
from tests.factories import NOON, make_call
from tests.searching import searched

URL = "/calls/export/"


@pytest.fixture
def at_noon(time_machine):
    time_machine.move_to(NOON + timedelta(minutes=30), tick=False)


def table(response) -> list[dict[str, str]]:
    """Return the rows of a CSV answer by column, as they stand in the file."""
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def ids(response) -> list[str]:
    return [row["platformCallId"] for row in table(response)]


def refused(response) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_visitor_has_to_sign_in(client, db):
    assert client.get(URL).status_code == 302


def test_a_file_names_its_environment_and_day_and_is_kept_nowhere(lead_client, at_noon):
    make_call(environment="staging")
    response = lead_client.get(URL, {"environment": "staging", "format": "csv"})
    assert response["Content-Disposition"] == 'attachment; filename="calls-staging-2026-11-23.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    assert response.getvalue().startswith(b"\xef\xbb\xbfplatform,platformCallId,")


def test_json_lines_are_the_calls_as_the_api_gives_them(lead_client):
    calls = [make_call(started_at=NOON - timedelta(minutes=number)) for number in range(3)]
    response = lead_client.get(URL, {"format": "jsonl"})
    lines = response.getvalue().decode().splitlines()
    assert [json.loads(line) for line in lines] == [call_as_json(call, detail=True) for call in calls]
    assert response["Content-Disposition"].endswith('.jsonl"')


def test_a_csv_has_the_words_of_the_vocabulary_and_whole_numbers(lead_client):
    make_call(from_number="+442079464417", outcome=Outcome.TRANSFER_FAILED, duration_ms=61_500)
    [row] = table(lead_client.get(URL))
    assert row["outcome"] == "transfer_failed"
    assert row["fromNumber"] == "'+44 ••• 17"
    assert row["durationMs"] == "61500"
    assert row["agentId"] == ""


def test_the_filters_of_the_table_hold_and_the_page_does_not(lead_client, at_noon):
    wanted = [
        make_call(
            outcome=Outcome.FAILED, from_number="+442079464417", started_at=NOON - timedelta(hours=hours)
        )
        for hours in (1, 2)
    ]
    make_call(outcome=Outcome.FAILED), make_call(from_number="+442079464417")
    make_call(outcome=Outcome.FAILED, from_number="+442079464417", environment="staging")
    make_call(outcome=Outcome.FAILED, from_number="+442079464417", started_at=NOON - timedelta(days=9))
    asked = {"q": "4417", "outcome": "failed", "range": "7d", "environment": "production"}
    assert ids(lead_client.get(URL, asked)) == [call.platform_call_id for call in wanted]
    cursor = f"older.{int(NOON.timestamp())}000000.{'0' * 32}"
    assert len(ids(lead_client.get(URL, asked | {"cursor": cursor}))) == 2


def test_many_calls_are_read_page_by_page_without_gaps_or_repeats(
    lead_client, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(exporting, "CHUNK", 4)
    made = [make_call(started_at=NOON - timedelta(minutes=number // 5)) for number in range(11)]
    newest_first = sorted(made, key=lambda call: (call.started_at, call.pk), reverse=True)
    for format, reads in (("csv", 3), ("jsonl", 6)):
        response = lead_client.get(URL, {"format": format})
        with django_assert_num_queries(reads):
            body = response.getvalue().decode()
        found = re.findall(r"call-\d{6}", body)
        assert found == [call.platform_call_id for call in newest_first]


def test_only_with_errors_means_the_calls_that_the_table_shows(lead_client, sandbox):
    started = timezone.now() - timedelta(hours=1)
    failing, warned = make_call(started_at=started), make_call(started_at=started)
    sandbox.add_event(correlation_id=failing.platform_call_id, timestamp=started)
    sandbox.add_event(correlation_id=warned.platform_call_id, timestamp=started, level="warning")
    make_call(started_at=started)
    assert ids(lead_client.get(URL, {"errors": "1"})) == [failing.platform_call_id]
    call_command("sentry_sync")
    sandbox.clear_requests()
    assert ids(lead_client.get(URL, {"errors": "1"})) == [failing.platform_call_id]
    assert sandbox.requests == []


def test_when_sentry_fails_there_is_no_file_and_it_is_said_why(lead_client, sandbox, settings):
    make_call()
    settings.SENTRY_URL = "http://127.0.0.1:9"
    response = lead_client.get(URL, {"errors": "1"})
    assert response.status_code == 503
    assert "Content-Disposition" not in response
    assert "We cannot say which calls had errors." in refused(response)


def test_a_file_with_calls_that_may_be_missing_says_so_in_its_name(lead_client, sandbox, monkeypatch):
    make_call()
    found = download.ids_with_errors

    def capped(*args, **options):
        return replace(found(*args, **options), complete=False)

    monkeypatch.setattr(download, "ids_with_errors", capped)
    response = lead_client.get(URL, {"errors": "1"})
    assert ids(response) == []
    assert response["Content-Disposition"].endswith('-incomplete.csv"')


def test_more_calls_with_errors_than_can_be_matched_are_no_file(lead_client, sandbox, monkeypatch):
    started = timezone.now() - timedelta(hours=1)
    sandbox.add_event(correlation_id=make_call(started_at=started).platform_call_id, timestamp=started)
    monkeypatch.setattr(only_errors, "MOST_WITH_ERRORS", 0)
    response = lead_client.get(URL, {"errors": "1"})
    assert response.status_code == 400
    assert "Choose a shorter time." in refused(response)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("format", "xlsx", "The format can be csv or jsonl."),
        ("range", "2h", "There is no such time range."),
        ("outcome", "fine", "There is no such outcome."),
        ("q", "a\x00b", "invisible characters"),
    ],
)
def test_a_wrong_parameter_is_named_and_nothing_is_guessed(lead_client, name, value, words):
    make_call()
    response = lead_client.get(URL, {name: value})
    assert response.status_code == 400
    assert words in refused(response)


def test_it_can_only_be_read(lead_client):
    assert lead_client.post(URL).status_code == 405


def test_a_file_that_breaks_off_says_so_and_the_answer_fails(lead_client, monkeypatch):
    monkeypatch.setattr(exporting, "CHUNK", 2)
    for _number in range(5):
        make_call()
    for format in ("csv", "jsonl"):
        response = lead_client.get(URL, {"format": format})
        got: list[bytes] = []
        with connection.execute_wrapper(_fails_after(1)), pytest.raises(OperationalError):
            for part in response.streaming_content:
                got.append(part)
        assert len(re.findall(rb"call-\d{6}", b"".join(got))) == 2
        assert b"This file is not complete" in got[-1]


def _fails_after(reads: int):
    left = [reads]

    def wrapper(execute, sql, params, many, context):
        if "platform_call_id" in sql:
            left[0] -= 1
            if left[0] < 0:
                raise OperationalError("the database went away")
        return execute(sql, params, many, context)

    return wrapper


def test_a_client_sees_a_broken_transfer_and_not_a_short_file():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "tests.calls.breaking:application",
        "-b",
        f"127.0.0.1:{port}",
    ]
    with subprocess.Popen([*command, "--threads", "2"], stderr=subprocess.DEVNULL) as server:
        try:
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                _get(f"http://127.0.0.1:{port}/")
        finally:
            server.terminate()


def _get(url: str) -> bytes:
    """Read an answer, once the server is there."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return requests.get(url, timeout=30).content
        except requests.exceptions.ChunkedEncodingError:
            raise
        except requests.exceptions.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_a_few_exports_at_once_leave_threads_for_the_pages(lead_client):
    make_call()
    running = [lead_client.get(URL).streaming_content for _number in range(2)]
    assert all(next(one) for one in running)
    response = lead_client.get(URL)
    assert response.status_code == 503
    assert "Other exports are running." in refused(response)
    assert all(list(one) for one in running)
    assert len(ids(lead_client.get(URL))) == 1


def test_an_export_that_nobody_reads_gives_its_place_back_once(db, caplog):
    for _number in range(3):
        export = exporting.export(Call.objects.all(), exporting.CSV, "a test")
        assert export is not None
        with caplog.at_level(logging.INFO, "dashboard.calls.exporting"):
            export.close(), export.close()
    assert "Export broke off: rows=0 a test" in caplog.messages


def test_the_log_says_who_took_what_along(lead_client, caplog):
    make_call(from_number="+442079464417")
    with caplog.at_level(logging.INFO, "dashboard.calls.exporting"):
        asked = {"q": searched(lead_client, "+442079464417"), "environment": "production"}
        lead_client.get(URL, asked).getvalue()
    begins, ends = [record.getMessage() for record in caplog.records if "exporting" in record.name]
    assert begins.startswith("Export begins: user=lena format=csv filters=?")
    assert ends.startswith("Export ends: rows=1 user=lena format=csv")
    assert "environment=production" in ends
    assert "79464417" not in begins + ends and "17" in ends


def test_a_name_or_a_search_cannot_forge_a_line_of_the_log(lead_client, lead_user, caplog):
    type(lead_user).objects.update(username="lena\nroot")
    with caplog.at_level(logging.INFO, "dashboard.calls.exporting"):
        lead_client.get(URL, {"q": "abcd\u2028efg\rhij"}).getvalue()
    messages = [record.getMessage() for record in caplog.records if "exporting" in record.name]
    assert messages and all(len(message.splitlines()) == 1 for message in messages)


def test_the_table_leads_to_both_files_with_its_filters(lead_client, at_noon):
    for _number in range(60):
        make_call(outcome=Outcome.FAILED)
    page = lead_client.get("/calls/", {"outcome": "failed", "environment": "production"})
    older = unescape(re.search(r'href="([^"]+)" rel="next"', page.content.decode())[1])
    second = lead_client.get("/calls/" + older).content.decode()
    links = [unescape(link) for link in re.findall(r'href="(/calls/export/[^"]+)"', second)]
    assert links == [
        f"/calls/export/?outcome=failed&environment=production&format={name}" for name in ("csv", "jsonl")
    ]
    assert len(ids(lead_client.get(links[0]))) == 60
