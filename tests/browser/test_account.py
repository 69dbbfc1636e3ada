"""The pages of one's own account, as people see them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.pages import assert_no_barriers, assert_no_sideways_scrolling

pytestmark = pytest.mark.browser

PAGES = ("/account/", "/account/password/", "/account/second-factor/", "/account/confirm/")


def test_its_pages_have_no_barriers(sandbox, open_browser, mira):
    page = open_browser(mira, bypass_csp=True)
    for address in PAGES:
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_no_barriers(page)
        assert_no_sideways_scrolling(page)
