"""A support person's browser before a running dashboard, and a Sentry sandbox with the demo's events."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.calls.seeding import save_calls
from sentry_logs.sandbox import Sandbox, start_sandbox
from sentry_logs.sandbox.scenarios import Scenario, ScenarioCall
from tests.conftest import point_at

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
DESK = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
# Enough for three pages of the table and a few days; all of them would be saved for every test anew.
NEWEST = 160
PASSWORD = "a long enough password"

OpenBrowser = Callable[..., Page]

expect.set_options(timeout=10_000)


@dataclass
class World:
    """The demo's calls and the sandbox that has their events."""

    sandbox: Sandbox
    scenario: Scenario

    @cached_property
    def levels(self) -> dict[str, Counter[str]]:
        """Count the events of every correlation id by level."""
        found: dict[str, Counter[str]] = {}
        for event in self.scenario.events():
            found.setdefault(event["tags"].get("correlation_id", ""), Counter())[event["level"]] += 1
        return found

    def newest(self, wanted: Callable[[ScenarioCall], bool]) -> ScenarioCall:
        return next(call for call in reversed(self.scenario.calls) if call.ended_at and wanted(call))

    def has_errors(self, call: ScenarioCall) -> bool:
        levels = self.levels.get(call.correlation_id, Counter())
        return bool(levels["error"] + levels["fatal"])


@pytest.fixture(scope="session", autouse=True)
def database_beside_an_event_loop() -> Iterator[None]:
    """Playwright keeps an event loop in the thread of the tests; Django would refuse the database there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Put SQLite into a file: in memory, all requests would share one connection and its transactions."""
    database = connections.settings["default"]
    if "sqlite" in database["ENGINE"]:
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "browser.sqlite3")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the machine's Chromium, or else the one that Playwright brings."""
    args = ["--disable-background-networking", "--disable-quic"]
    if os.geteuid() == 0:
        args.append("--no-sandbox")
    installed = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    return browser_type_launch_args | {"args": args} | ({"executable_path": installed} if installed else {})


@pytest.fixture(scope="session")
def base_url(live_server) -> str:
    """Where addresses without a host lead to, in every browser."""
    return live_server.url


@pytest.fixture(scope="session")
def filled() -> Iterator[World]:
    scenario = Scenario(7, datetime.now(UTC))
    with start_sandbox(scenario=scenario) as sandbox:
        yield World(sandbox, scenario)


@pytest.fixture
def world(filled: World, transactional_db: None, settings) -> Iterator[World]:
    """The dashboard with the demo's calls, pointed at the filled sandbox."""
    point_at(filled.sandbox, settings)
    save_calls(filled.scenario.calls[-NEWEST:])
    yield filled
    filled.sandbox.faults.clear()


@pytest.fixture
def complaints() -> list[str]:
    """What consoles and dialogs of the browsers said. A test that expects something takes it out."""
    return []


@pytest.fixture
def open_browser(new_context, base_url, complaints) -> Iterator[OpenBrowser]:
    """Open a fresh browser, signed in as `user` if given. Anything in its console fails the test."""

    def open_(user: User | None = None, **options: Any) -> Page:
        context = new_context(**DESK | options)
        _listen(context, complaints)
        if user:
            context.add_cookies([_session_cookie(user, base_url)])
        return context.new_page()

    yield open_
    assert complaints == []


def _listen(context: BrowserContext, complaints: list[str]) -> None:
    def on_dialog(dialog: Any) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    context.on("console", lambda line: line.type in ("error", "warning") and complaints.append(line.text))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("dialog", on_dialog)


def _session_cookie(user: User, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    name = configured.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture
def page(open_browser: OpenBrowser, support_user: User) -> Page:
    """The browser of a signed-in support person."""
    return open_browser(support_user)


@pytest.fixture
def mira(support_user: User, settings) -> User:
    """A support person with a password, for tests that sign in by hand."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    support_user.set_password(PASSWORD)
    support_user.save()
    return support_user
