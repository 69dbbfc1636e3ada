from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest

from sentry_logs.client import (
    Project,
    SentryClient,
    SentryForbidden,
    SentryNotFound,
    SentryProtocolError,
    SentryUnauthorized,
)

from .conftest import BASE

WEB = {"id": "42", "slug": "web", "name": "Web"}


@pytest.fixture
def by_slug(config) -> SentryClient:
    return SentryClient(dataclasses.replace(config, projects=("web",)))


def test_a_project_is_read(client, sentry):
    sentry.get(f"{BASE}/projects/acme/web/", json={**WEB, "team": {"x": 1}, "name": None})

    assert client.project("web") == Project(id="42", slug="web", name="")


def test_a_number_needs_no_lookup(client, sentry):
    assert client.projects() == (Project(id="42"),)


def test_a_slug_is_looked_up_once_by_many_threads(by_slug, sentry):
    lookup = sentry.get(f"{BASE}/projects/acme/web/", json=WEB)

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: by_slug.projects()[0].id, range(8)))

    assert found == {"42"}
    assert lookup.call_count == 1


def test_a_failed_lookup_is_tried_again_later(by_slug, sentry):
    sentry.get(f"{BASE}/projects/acme/web/", json={"detail": "no"}, status=403)
    sentry.get(f"{BASE}/projects/acme/web/", json=WEB)

    with pytest.raises(SentryForbidden):
        by_slug.projects()
    assert by_slug.projects()[0].id == "42"


@pytest.mark.parametrize(
    ("status", "kind", "word"),
    [(403, SentryForbidden, "project:read"), (404, SentryNotFound, "SENTRY_PROJECT")],
)
def test_a_refused_lookup_names_the_project(by_slug, sentry, status, kind, word):
    sentry.get(f"{BASE}/projects/acme/web/", json={"detail": "no"}, status=status)

    with pytest.raises(kind) as caught:
        by_slug.projects()

    assert "web" in caught.value.message
    assert word in caught.value.hint
    assert (caught.value.status, caught.value.detail) == (status, "no")


def test_a_refused_token_is_not_blamed_on_the_project(by_slug, sentry):
    sentry.get(f"{BASE}/projects/acme/web/", json={"detail": "Invalid token"}, status=401)

    with pytest.raises(SentryUnauthorized) as caught:
        by_slug.projects()
    assert "web" not in caught.value.message


@pytest.mark.parametrize("body", [{}, [], {"id": None}, {"id": "web"}, {"id": "-1"}, {"slug": "web"}])
def test_a_project_without_a_number_is_a_protocol_error(client, sentry, body):
    sentry.get(f"{BASE}/projects/acme/web/", json=body)

    with pytest.raises(SentryProtocolError):
        client.project("web")


@pytest.mark.parametrize("name", ["", "a/b", "..", "a?b", "a b"])
def test_a_name_that_would_change_the_address_is_refused(client, sentry, name):
    with pytest.raises(ValueError):
        client.project(name)


EVENT = "0123456789abcdef0123456789abcdef"


def test_an_event_is_read_whole(client, sentry):
    body = {"id": EVENT, "entries": [{"type": "message"}]}
    sentry.get(f"{BASE}/organizations/acme/events/web:{EVENT}/", json=body)

    assert client.event("web", EVENT) == body


@pytest.mark.parametrize(("slug", "event"), [("web", "x"), ("a/b", EVENT), ("web", f"{EVENT}/")])
def test_an_event_id_that_would_change_the_address_is_refused(client, sentry, slug, event):
    with pytest.raises(ValueError):
        client.event(slug, event)


def test_an_event_that_is_a_list_is_a_protocol_error(client, sentry):
    sentry.get(f"{BASE}/organizations/acme/events/web:{EVENT}/", json=[])

    with pytest.raises(SentryProtocolError):
        client.event("web", EVENT)
