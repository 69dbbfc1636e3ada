from __future__ import annotations

import dataclasses

import pytest

from sentry_logs.client import SentryClient

EVENT = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://sentry.io", "https://acme.sentry.io"),
        ("https://de.sentry.io", "https://acme.sentry.io"),
        ("https://notsentry.io", "https://notsentry.io/organizations/acme"),
        ("https://ops.example.com/sentry", "https://ops.example.com/sentry/organizations/acme"),
    ],
)
@pytest.mark.parametrize(
    ("known", "path"),
    [
        ({"issue_id": "77", "project_slug": "web"}, f"/issues/77/events/{EVENT}/"),
        ({"issue_id": None, "project_slug": "web"}, f"/projects/web/events/{EVENT}/"),
        ({"issue_id": "0", "project_slug": "web"}, f"/projects/web/events/{EVENT}/"),
    ],
)
def test_an_event_has_an_address_in_sentrys_pages(config, url, base, known, path):
    client = SentryClient(dataclasses.replace(config, url=url))

    assert client.permalink(event_id=EVENT, **known) == base + path


@pytest.mark.parametrize(
    ("event", "issue", "slug"),
    [
        (EVENT, None, None),
        (EVENT, "", ""),
        (EVENT, "../x", "a/b"),
        ("", "77", "web"),
        ("not hex", "77", "web"),
        (f"{EVENT}/..", "77", "web"),
    ],
)
def test_an_address_that_cannot_be_known_is_none(client, event, issue, slug):
    assert client.permalink(event_id=event, issue_id=issue, project_slug=slug) is None


def test_dashes_in_an_event_id_do_not_matter(client):
    dashed = "01234567-89ab-cdef-0123-456789abcdef"

    assert EVENT in client.permalink(event_id=dashed, issue_id="77", project_slug=None)
