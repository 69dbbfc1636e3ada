"""What callers and applications say, in a real browser: shown as text, run by nobody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.pages import events
from tests.injection.payloads import CANARY, PAYLOADS
from tests.injection.planted import ID, plant

pytestmark = pytest.mark.browser

SHOWN = ["table", "call", "conversation", "ticket", "evidence", "event", "browse", "untagged", "overview"]


FOURS = [pytest.param(n, marks=[pytest.mark.long] * bool(n % 12)) for n in range(0, len(PAYLOADS), 4)]


@pytest.mark.parametrize("number", FOURS)
def test_nothing_runs_and_nobody_else_is_asked(sandbox, page, complaints, number):
    planted = plant(sandbox, " ".join(PAYLOADS[number : number + 4]))
    asked, dialogs = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for name in SHOWN:
        page.goto(planted.pages()[name][0])
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.ran") is None, name
    page.goto(f"/calls/{planted.call.pk}/")
    row = events(page).filter(has=page.locator("summary .source", has_text="errors")).first
    row.locator("summary").first.click()
    expect(row.get_by_role("button", name="Copy as text")).to_be_visible()

    assert page.evaluate("window.ran") is None
    assert dialogs == [] and complaints == []
    assert [url for url in asked if CANARY in url.split("?")[0]] == []
    assert ID in page.content()
