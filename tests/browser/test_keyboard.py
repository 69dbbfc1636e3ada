from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import ago, call_with_events, events, row_of, wait_for_marks

pytestmark = pytest.mark.browser


@pytest.fixture
def calls(sandbox, page):
    """The table with a clean call, a failing one and another clean one, newest first."""
    levels = ("info", "error", "info")
    calls = [
        call_with_events(sandbox, level, started_at=ago(hours=hours)) for hours, level in enumerate(levels, 1)
    ]
    page.goto("/calls/")
    wait_for_marks(page)
    return calls


def test_j_k_and_enter_walk_the_table(calls, page):
    links = [row_of(page, call).get_by_role("link") for call in calls]
    page.keyboard.press("j")
    expect(links[0]).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(links[2]).to_be_focused()
    page.keyboard.press("k")
    expect(links[1]).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#cid")).to_have_text(calls[1].platform_call_id)
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(rf"/calls/\?environment=all#c-{calls[1].pk}$"))


def test_n_jumps_to_the_next_error(calls, page):
    page.keyboard.press("n")
    expect(row_of(page, calls[1]).get_by_role("link")).to_be_focused()


def test_c_copies_the_id_of_the_row(calls, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == calls[0].platform_call_id


def test_slash_searches_and_typing_is_left_alone(calls, page):
    search = page.get_by_label("Search by call id, event id or phone number")
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("jun?")
    expect(search).to_have_value("jun?")
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()


def test_the_focus_stays_on_its_row_when_marks_arrive(calls, page):
    page.keyboard.press("j")
    page.get_by_role("link", name="Check for errors now").evaluate("link => htmx.trigger(link, 'click')")
    wait_for_marks(page)
    expect(row_of(page, calls[0]).get_by_role("link")).to_be_focused()


def test_a_question_mark_lists_the_keys_and_can_switch_them_off(calls, page):
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Use these keys in this browser").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_label("Search by call id, event id or phone number")).not_to_be_focused()


def test_events_are_walked_and_opened_too(calls, page):
    page.goto(calls[1].get_absolute_url())
    expect(events(page)).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(events(page).locator(".body")).to_be_visible()
