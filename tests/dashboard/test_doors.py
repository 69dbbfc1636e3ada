from __future__ import annotations

import uuid

import pytest
from django.db import OperationalError, connection
from django.test import Client

PAGES = [
    "/",
    "/calls/",
    "/calls/marks/",
    f"/calls/{uuid.UUID(int=7)}/",
    "/logs/",
    "/logs/group/",
    "/logs/untagged/",
    "/logs/call/",
    "/logs/comparison/",
    "/logs/health/",
    "/logs/check/",
    "/api/",
]


@pytest.mark.parametrize("url", PAGES)
def test_a_stranger_is_sent_to_the_sign_in_page(db, url):
    response = Client().get(url)

    assert (response.status_code, response["Location"]) == (302, f"/login/?next={url}")


def test_a_fragment_sends_the_whole_page_to_sign_in(db):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/calls/?range=7d"}

    response = Client().get("/calls/marks/", headers=headers)

    assert response["HX-Redirect"] == "/login/?next=/calls/%3Frange%3D7d"


@pytest.mark.parametrize("url", ["/livez", "/readyz"])
def test_health_checks_are_open(db, url):
    assert Client().get(url).content == b"ok"


def test_not_ready_without_the_database(db, monkeypatch):
    def refuse(*_args):
        raise OperationalError("the server is gone")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        response = Client().get("/readyz")

    assert (response.status_code, response.content) == (503, b"not ready: OperationalError")


@pytest.mark.parametrize(
    "url", ["/admin/", "/admin/calls/call/", "/admin/keys/apikey/", "/admin/waffle/flag/"]
)
def test_the_admin_is_for_admins_only(support_client, admin_client, url):
    assert support_client.get(url).status_code == 302
    assert admin_client.get(url).status_code == 200


def test_pages_run_under_a_strict_content_policy(support_client):
    policy = support_client.get("/calls/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_an_unknown_page_is_a_404_in_words(support_client):
    response = support_client.get("/nothing/")

    assert (response.status_code, response.templates[0].name) == (404, "404.html")


def test_whether_the_process_lives_is_no_question_to_the_database(support_client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert support_client.get("/livez").status_code == 200
