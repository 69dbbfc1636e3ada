from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashboard.calls.models import Call
from tests.browser.conftest import World
from tests.browser.pages import assert_no_barriers, assert_no_sideways_scrolling, groups, wait_for_marks

pytestmark = pytest.mark.browser


def show_sign_in(page: Page, world: World) -> None:
    page.context.clear_cookies()
    page.goto("/login/")


def show_calls(page: Page, world: World) -> None:
    page.goto("/calls/?environment=staging&range=7d")
    wait_for_marks(page)


def show_call(page: Page, world: World) -> None:
    failing = world.newest(world.has_errors)
    page.goto(Call.objects.get(platform_call_id=failing.correlation_id).get_absolute_url())
    page.locator("#panel details:has([data-level=error]) summary").first.click()
    wait_for_marks(page)


def show_browse(page: Page, world: World) -> None:
    page.goto("/logs/?environment=staging&statsPeriod=24h")
    groups(page).locator("a.expand").first.click()
    page.locator("tr.inside details").first.locator("summary").click()


def show_nothing_found(page: Page, world: World) -> None:
    page.goto("/calls/?q=nobody-has-this-id")


def show_no_answer(page: Page, world: World) -> None:
    world.sandbox.faults.set("status", status=503)
    page.goto("/logs/")
    page.get_by_role("alert").first.wait_for()


SHOW = {
    "sign-in": show_sign_in,
    "calls": show_calls,
    "call": show_call,
    "browse": show_browse,
    "nothing found": show_nothing_found,
    "no answer": show_no_answer,
}
every_page = pytest.mark.parametrize("show", SHOW.values(), ids=SHOW)


@every_page
def test_no_barriers_in_any_look(
    world: World, open_browser, support_user, show: Callable[[Page, World], None]
) -> None:
    page = open_browser(support_user, bypass_csp=True)
    show(page, world)
    assert_no_barriers(page)


@every_page
def test_no_width_needs_sideways_scrolling(
    world: World, page: Page, show: Callable[[Page, World], None]
) -> None:
    show(page, world)
    assert_no_sideways_scrolling(page)


def test_the_chosen_theme_stays(world, page):
    page.emulate_media(color_scheme="light")
    page.goto("/calls/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
