"""An answer and the log lines of its request have the same id."""

from __future__ import annotations

import io
import logging
import re
import time
from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from tests.faults.wire import until
from tests.logs.pages import HTMX, ago, browse, panel, text_of

ID = r"[0-9a-f]{16}"


@pytest.fixture
def console() -> Iterator[io.StringIO]:
    """What an operator reads on the server's console."""
    handler = next(one for one in logging.getLogger().handlers if one.name == "console")
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def ids_of(console: io.StringIO, words: str) -> list[str]:
    """Return the ids of the lines with these words."""
    lines = [line for line in console.getvalue().splitlines() if words in line]
    return [match[1] for line in lines if (match := re.search(r"\[([0-9a-f-]+)\]", line))]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/calls/", 200),
        ("/api/sentry/error-check?statsPeriod=91d", 400),
        ("/no/such/page/", 404),
        ("/static/css/base.css", 200),
        ("/livez", 200),
    ],
)
def test_every_answer_has_an_id_of_its_own(support_client, url, status):
    first, second = support_client.get(url), support_client.get(url)

    assert first.status_code == status
    assert re.fullmatch(ID, first["X-Request-Id"])
    assert first["X-Request-Id"] != second["X-Request-Id"]


def test_an_id_from_outside_is_not_believed(support_client):
    answer = support_client.get("/livez", headers={"X-Request-Id": "forged\n2026 ERROR"})

    assert re.fullmatch(ID, answer["X-Request-Id"])


@pytest.mark.parametrize(
    "look",
    [
        lambda client: panel(client, source="errors"),
        lambda client: browse(client),
        lambda client: client.get("/api/sentry/error-check"),
        lambda client: client.get("/logs/health/", headers=HTMX),
        lambda client: client.get("/logs/check/", headers=HTMX),
    ],
    ids=["panel", "browse", "JSON", "health", "check"],
)
def test_a_question_that_fails_is_logged_under_the_id_of_its_request(sandbox, console, admin_client, look):
    sandbox.faults.set("status", status=500, body={"detail": "do not repeat me"}, path="/events/")

    answer = look(admin_client)

    assert set(ids_of(console, "Sentry: SentryServerError after 0.")) == {answer["X-Request-Id"]}
    assert "do not repeat me" not in console.getvalue() and sandbox.token not in console.getvalue()


def test_so_is_one_that_was_asked_beside_another(sandbox, console, support_client):
    sandbox.faults.set("status", status=403, path="dataset=logs")

    answer = panel(support_client)

    assert "Logs: not checked" in text_of(answer)
    assert ids_of(console, "Sentry: SentryForbidden") == [answer["X-Request-Id"]]


def test_so_is_one_that_was_asked_in_the_background(sandbox, console, support_client):
    started = ago(hours=1)
    panel(support_client, started=started, source="errors")
    sandbox.faults.set("status", status=403)

    with time_machine.travel(time.time() + 120, tick=True):
        later = panel(support_client, started=started, source="errors")
        until(lambda: "A refresh failed" in console.getvalue())

    assert set(ids_of(console, "Sentry: SentryForbidden")) == {later["X-Request-Id"]}


def test_a_line_outside_of_requests_has_none(sandbox, console, admin_client):
    admin_client.get("/calls/")
    sandbox.faults.set("status", status=403, path="/events/")

    with pytest.raises(CommandError):
        call_command("sentry_check", stdout=io.StringIO())

    assert set(ids_of(console, "Sentry: SentryForbidden")) == {"-"}


def test_the_line_of_a_page_that_is_not_there_has_it_too(console, support_client):
    answer = support_client.get("/no/such/page/")

    assert ids_of(console, "Not Found: /no/such/page/") == [answer["X-Request-Id"]]


def test_a_page_that_failed_names_it_for_the_administrator(console, support_user, monkeypatch):
    def fail(*_args: object) -> None:
        raise RuntimeError("on purpose")

    client = Client(raise_request_exception=False)
    client.force_login(support_user)
    monkeypatch.setattr("dashboard.calls.views.CallFilterForm", fail)

    answer = client.get("/calls/")

    assert answer.status_code == 500
    assert f"<code>{answer['X-Request-Id']}</code>" in answer.content.decode()
    assert ids_of(console, "Internal Server Error: /calls/") == [answer["X-Request-Id"]]
