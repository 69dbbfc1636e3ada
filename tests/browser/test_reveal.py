"""What is hidden is shown on a page that forgets it."""

from __future__ import annotations

import contextlib

import pytest
from playwright.sync_api import Error, expect

from dashboard.people.roles import Role
from tests.browser.pages import ago, assert_no_barriers, assert_no_sideways_scrolling, call_with_events
from tests.factories import make_person

pytestmark = pytest.mark.browser
NUMBER = "+447700900123"


@pytest.fixture
def call(world):
    return call_with_events(world.sandbox, started_at=ago(days=2), from_number=NUMBER)


@pytest.fixture
def shown(open_browser, call):
    page = open_browser(make_person("lena", Role.LEAD))
    look(page, call)
    return page


def look(page, call):
    page.goto(call.get_absolute_url())
    page.get_by_role("link", name="Show what is hidden").click()
    page.get_by_label("What for").select_option("fault")
    page.get_by_label("Why, in a sentence").fill("The caller says the number is wrong")
    page.get_by_role("button", name="Show and record").dblclick()
    expect(page.get_by_text(NUMBER)).to_be_visible()


def test_it_is_gone_with_the_page_and_no_way_leads_back(shown, call):
    shown.get_by_role("link", name="Hide it again").first.click()
    expect(shown.get_by_role("heading", level=1)).to_have_text("Call from +44 ••• 23")
    expect(shown.locator(".seen")).to_contain_text("lena: Reveal (numbers)")

    # The browser has kept nothing: it asks whether to send the form again.
    with contextlib.suppress(Error):
        shown.go_back()

    expect(shown.get_by_text(NUMBER)).to_have_count(0)


def test_it_is_gone_after_five_minutes(open_browser, call):
    page = open_browser(make_person("lena", Role.LEAD))
    page.clock.install()
    look(page, call)

    page.clock.fast_forward("05:01")

    expect(page.get_by_role("link", name="Show what is hidden")).to_be_visible()
    assert NUMBER not in page.content()


def test_the_page_is_fit_for_everybody(shown):
    assert_no_barriers(shown)
    assert_no_sideways_scrolling(shown)
