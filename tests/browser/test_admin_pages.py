"""The pages of administrators: correlation health, the check of the connection, the comparison."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.browser.conftest import World
from tests.browser.pages import assert_no_barriers, assert_no_sideways_scrolling

pytestmark = pytest.mark.browser


@pytest.fixture
def admin_user(transactional_db: None) -> User:
    return User.objects.create_superuser("ada")


def show_health(page: Page, world: World) -> None:
    page.goto("/logs/health/")
    expect(page.get_by_role("table", name="Production")).to_contain_text("Log lines without the attribute")


def show_check(page: Page, world: World) -> None:
    page.goto("/logs/check/")
    expect(page.get_by_role("table")).to_contain_text("Correlation tag")


def show_failing_check(page: Page, world: World) -> None:
    world.sandbox.faults.set("status", status=403, path="/events/")
    page.goto("/logs/check/")
    expect(page.get_by_role("table")).to_contain_text("Fails")


def show_comparison(page: Page, world: World) -> None:
    asked = ("--environment", "staging", "--period", "7d", "--sample", "3")
    call_command("sentry_compare", *asked, stdout=io.StringIO())
    page.goto("/logs/comparison/")
    expect(page.get_by_role("heading", name="Staging")).to_be_visible()


SHOW = {
    "health": show_health,
    "check": show_check,
    "failing check": show_failing_check,
    "comparison": show_comparison,
}
every_page = pytest.mark.parametrize("show", SHOW.values(), ids=SHOW)


@every_page
def test_no_barriers_in_any_look(
    world: World, open_browser, admin_user, show: Callable[[Page, World], None]
) -> None:
    page = open_browser(admin_user, bypass_csp=True)
    show(page, world)
    assert_no_barriers(page)


@every_page
def test_no_width_needs_sideways_scrolling(
    world: World, open_browser, admin_user, show: Callable[[Page, World], None]
) -> None:
    page = open_browser(admin_user)
    show(page, world)
    assert_no_sideways_scrolling(page)


def test_the_account_menu_leads_to_each_of_them(world, open_browser, admin_user):
    page = open_browser(admin_user, viewport={"width": 390, "height": 900})
    page.goto("/calls/")
    for name in ("Correlation health", "Connection to Sentry", "Old and new way compared"):
        page.get_by_role("button", name="Account: ada").click()
        page.locator("#account").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        page.get_by_role("button", name="Account: ada").click()
        expect(page.locator("#account [aria-current=page]")).to_have_text(name)
        expect(page.locator(".top > nav [aria-current]")).to_have_count(0)
        page.keyboard.press("Escape")


def test_a_phone_reads_the_figures_as_a_table_still(world, open_browser, admin_user):
    page = open_browser(admin_user, viewport={"width": 390, "height": 900})
    show_health(page, world)

    row = page.get_by_role("table", name="Production").get_by_role("row", name=re.compile("^Log lines"))
    expect(row.get_by_role("cell")).to_have_count(5)
    expect(row.get_by_role("rowheader")).to_have_text("Log lines without the attribute")


def test_checking_again_stays_on_the_page(world, open_browser, admin_user):
    page = open_browser(admin_user)
    show_check(page, world)
    page.evaluate("document.body.dataset.stays = 'yes'")
    with page.expect_response(lambda response: "/logs/check/" in response.url):
        page.get_by_role("link", name="Check again").click()
    expect(page.get_by_role("table")).to_contain_text("Correlation tag")
    assert page.evaluate("document.body.dataset.stays") == "yes"
