from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentry_logs.client import usable_cursor
from sentry_logs.client.pagination import Links, parse_link

URL = "https://sentry.io/api/0/organizations/acme/events/?query=a,b;c&cursor=0:100:0"


def link(rel: str, results: str, cursor: str, url: str = URL) -> str:
    return f'<{url}>; rel="{rel}"; results="{results}"; cursor="{cursor}"'


def test_both_cursors_are_read():
    header = f"{link('previous', 'true', '0:0:1')}, {link('next', 'true', '0:200:0')}"

    assert parse_link(header) == Links(next="0:200:0", previous="0:0:1")


def test_no_results_means_no_page():
    header = f"{link('previous', 'false', '0:0:1')}, {link('next', 'false', '0:200:0')}"

    assert parse_link(header) == Links()


def test_the_order_of_the_parts_does_not_matter():
    assert parse_link('<x>;cursor="0:5:0";results="true" ; rel="next"').next == "0:5:0"


@pytest.mark.parametrize("url", ["https://evil.example/", "javascript:alert(1)", "http://a:b@c/", ""])
def test_the_address_of_the_link_is_not_looked_at(url):
    assert parse_link(link("next", "true", "0:100:0", url)) == Links(next="0:100:0")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "garbage",
        "<",
        '<x>; rel="next"',
        '<x>; rel="next"; results="true"',
        '<x>; rel="next"; results="true"; cursor=""',
        '<x>; rel="next"; results="true"; cursor="a b"',
        '<x>; rel="next"; results="true"; cursor="0:-5:0"',
        link("next", "true", "x" * 1001),
        link("next", "maybe", "0:100:0"),
    ],
)
def test_a_missing_or_broken_header_means_no_page(header):
    assert parse_link(header) == Links()


@pytest.mark.parametrize(
    ("cursor", "usable"),
    [
        ("0:100:0", True),
        ("eyJwYWdlIjoxfQ==", True),
        ("", False),
        ("0:-5:0", False),
        ("a\r\nb", False),
        ("é", False),
    ],
)
def test_a_cursor_may_be_sent_or_not(cursor, usable):
    assert usable_cursor(cursor) is usable


@given(st.text('<>;,="relnxtsu cor:0', max_size=200))
def test_no_header_is_an_error(header):
    assert parse_link(header).next is None or usable_cursor(parse_link(header).next)
