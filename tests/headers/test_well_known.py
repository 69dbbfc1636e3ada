from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.checks import run_checks
from django.test import Client

from dashboard import policy_reports
from dashboard.policy_reports import MOST_A_MINUTE, Allowance

REPORT = {
    "document-uri": "https://calls.example.com/calls/?q=%2B442079460001",
    "effective-directive": "script-src-elem",
    "blocked-uri": "https://evil.example/x.js?stolen=1",
}


@pytest.fixture(autouse=True)
def fresh_allowance(monkeypatch):
    monkeypatch.setattr(policy_reports, "allowance", Allowance(MOST_A_MINUTE))


def report(body: object, kind: str = "application/csp-report", **headers: str):
    text = body if isinstance(body, bytes) else json.dumps(body)
    return Client(enforce_csrf_checks=True).post("/csp-report", text, content_type=kind, headers=headers)


def test_search_engines_are_asked_to_stay_away(db):
    response = Client().get("/robots.txt")

    assert response.content == b"User-agent: *\nDisallow: /\n"
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_who_found_a_weakness_learns_where_to_write(db, settings):
    settings.SECURITY_CONTACT = ["mailto:security@example.com", "https://example.com/report"]
    settings.PUBLIC_URL = "https://calls.example.com"
    lines = Client().get("/.well-known/security.txt").content.decode().splitlines()

    assert lines[:2] == ["Contact: mailto:security@example.com", "Contact: https://example.com/report"]
    assert "Canonical: https://calls.example.com/.well-known/security.txt" in lines
    (expires,) = [line.removeprefix("Expires: ") for line in lines if line.startswith("Expires: ")]
    left = datetime.fromisoformat(expires) - datetime.now(UTC)
    assert timedelta(days=178) < left < timedelta(days=366)


def test_without_a_contact_there_is_no_such_file(db):
    assert Client().get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize("text", ["security@example.com", "mailto:a b", "https://x\r\nEvil: 1", "http://x"])
def test_a_contact_that_is_no_address_is_a_fault_of_the_settings(settings, text):
    settings.SECURITY_CONTACT = [text]

    assert "dashboard.E002" in [found.id for found in run_checks()]


def test_a_report_is_one_line_without_what_was_asked(db, caplog):
    assert report({"csp-report": REPORT}).status_code == 204

    (line,) = [record.getMessage() for record in caplog.records if record.name == "dashboard.policy_reports"]
    assert line == "The content policy stopped something: script-src-elem https://evil.example on /calls/"


@pytest.mark.parametrize(
    "value", ["a\r\nfake line", "\x1b[31m", "x" * 5_000, "\u2028", 7, None, ["a"], "http://[", "inline"]
)
def test_a_report_cannot_write_the_log(db, caplog, value):
    body = {"csp-report": dict.fromkeys(REPORT, value)}
    assert report(body).status_code == 204

    (line,) = [record.getMessage() for record in caplog.records if record.name == "dashboard.policy_reports"]
    assert line.isprintable() and len(line) < 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b"\xff",
        b'{"csp-report": 7}',
        b"[" * 16_000,
        b'"' + b"x" * 20_000 + b'"',
    ],
    ids=range(9),
)
def test_what_is_no_report_is_refused(db, caplog, body):
    assert report(body).status_code == 400


def test_a_report_of_another_kind_is_refused(db):
    assert report({"csp-report": REPORT}, kind="text/plain").status_code == 400


def test_a_flood_of_reports_is_a_few_lines(db, caplog):
    caplog.set_level(logging.WARNING)
    assert {report({"csp-report": REPORT}).status_code for _number in range(MOST_A_MINUTE + 10)} == {204}

    assert sum(record.name == "dashboard.policy_reports" for record in caplog.records) == MOST_A_MINUTE
