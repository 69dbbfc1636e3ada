"""What tests of several pages do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from dashboard.calls.models import Call
from sentry_logs.sandbox import Sandbox
from tests.browser.conftest import PASSWORD
from tests.factories import make_call

WIDTHS = (320, 360, 390, 768, 1440)
LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1440, 390)]


def ago(**length: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - timedelta(**length)


def call_with_events(sandbox: Sandbox, *levels: str, started_at: datetime, **facts: Any) -> Call:
    """Save a call whose program sent one event of each of these levels, a second apart."""
    call = make_call(started_at=started_at, **facts)
    for second, level in enumerate(levels):
        sandbox.add_event(
            correlation_id=call.platform_call_id,
            level=level,
            title=f"{level.capitalize()} number {second}",
            timestamp=started_at + timedelta(seconds=second),
            environment=call.environment,
        )
    return call


def row_of(page: Page, call: Call) -> Locator:
    return page.locator(f"#c-{call.pk}")


def rows(page: Page) -> Locator:
    return page.locator("tr[id^='c-']")


def events(page: Page) -> Locator:
    return page.locator("#panel .events > li:has(details)")


def groups(page: Page) -> Locator:
    return page.locator("#results tr[data-id]")


def wait_for_marks(page: Page) -> None:
    page.locator("#marks").get_by_text("Errors as of").wait_for()


def parameters(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def sign_in(page: Page, name: str = "mira", password: str = PASSWORD) -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def background(locator: Locator) -> str:
    return str(locator.evaluate("element => getComputedStyle(element).backgroundColor"))


def come_to_rest(page: Page) -> None:
    """Wait for what is being loaded, and let nothing begin anew: rows fade while their list is renewed."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.addEventListener('htmx:confirm', (event) => event.preventDefault())")
    page.wait_for_function("!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")


def assert_no_barriers(page: Page) -> None:
    """Let axe look at the page in both themes, wide and narrow. It needs a browser with `bypass_csp`."""
    come_to_rest(page)
    for theme, width in LOOKS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        results = Axe().run(page)
        assert results.violations_count == 0, f"{theme}, {width}: {results.generate_report()}"


def assert_no_sideways_scrolling(page: Page) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
