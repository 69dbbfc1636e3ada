"""Addresses from outside lead nowhere else, and no text is marked as safe that we did not write."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    r"/\evil.example",
    r"\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "http://testserver:81/",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "\t//evil.example",
    "/\r\nLocation: https://evil.example",
    "https://xn--vil-8ma.example/",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_the_environment_switch_and_the_sign_in_lead_nowhere_else(support_client, address):
    switched = support_client.post("/environment/", {"environment": "all", "next": address})
    referred = support_client.post(
        "/environment/", {"environment": "all"}, headers={"Referer": re.sub(r"[\r\n]", "", address)}
    )
    signed_in = support_client.get("/login/", {"next": address})
    fragment = Client().get("/calls/", headers={"HX-Request": "true", "HX-Current-URL": address})

    for answer in (switched, referred, signed_in, fragment):
        place = answer.get("Location") or answer.get("HX-Redirect", "/")
        assert urlsplit(place).netloc == "" and re.match(r"/(?![/\\])", place), place
        assert not re.search(r"[\r\n\t]", place)


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", ""]
)
def test_another_host_is_refused(db, host):
    response = Client(raise_request_exception=False).get("/login/", headers={"Host": host})

    assert response.status_code == 400 and b"evil.example" not in response.content


def test_no_template_shows_text_as_it_is():
    templates = {path: path.read_text() for path in (ROOT / "templates").rglob("*.html")}

    assert len(templates) > 50
    assert [
        path for path, text in templates.items() if re.search(r"\|\s*safe\b|autoescape\s+off", text)
    ] == []


def test_no_code_marks_text_as_safe():
    files = [path for room in ("dashboard", "sentry_logs") for path in (ROOT / room).rglob("*.py")]
    marked = r"\bmark_safe\(|\bhtml_safe\b|SafeString\((?![\"'])|format_html\(\s*f[\"']"

    assert [str(path) for path in files if re.search(marked, path.read_text())] == []
