"""What the tests of the logs pages share."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

NOW = datetime.now(UTC).replace(microsecond=0)
HTMX = {"HX-Request": "true"}
CALL_PAGE = "/calls/0b5f3a52-6c1d-4d8e-9a54-0a53c1c1b6e1/"


def ago(**length):
    return NOW - timedelta(**length)


def panel(client, correlation_id="call_1", *, started=None, headers=HTMX, **parameters):
    """Return the panel as it is on the second look, at the whole of the chosen range."""
    started = (started or ago(hours=1)).isoformat()
    asked = {"id": correlation_id, "started": started, "try": "1", **parameters}
    return client.get("/logs/call/", query_params=asked, headers=headers)


def browse(client, headers=HTMX, **parameters):
    return client.get("/logs/", query_params=parameters, headers=headers)


def text_of(response):
    """Return the words on the page, without the markup."""
    words = re.sub(r"<[^>]*>", " ", response.content.decode())
    return unescape(re.sub(r"\s+", " ", words))


def link_to(response, label, attribute="href"):
    """Return the address of the first link with this label."""
    for tag, inner in re.findall(r"<a ([^>]*)>(.*?)</a>", response.content.decode(), re.S):
        if label in unescape(re.sub(r"<[^>]*>", "", inner)):
            return unescape(re.search(rf'{attribute}="([^"]*)"', tag).group(1))
    raise AssertionError(f"There is no link “{label}”.")


def parameters_of(address):
    return parse_qs(urlsplit(address).query)


def titles(response):
    return [
        unescape(title)
        for title in re.findall(r'<span class="title">(.*?)</span>', response.content.decode())
    ]
