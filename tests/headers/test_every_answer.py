"""The headers are on whatever is answered, by whomever."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import DisallowedHost
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from dashboard.headers import HeadersMiddleware
from tests.factories import make_call
from tests.headers.conftest import lacks
from tests.headers.doors import addresses

HTMX = {"HX-Request": "true"}
SHARED = ("/robots.txt", "/admin/jsi18n/")


@pytest.mark.parametrize(
    ("asker", "method"),
    [("stranger", "get"), ("stranger", "post"), ("support", "get"), ("admin", "get"), ("admin", "put")],
)
def test_every_address_answers_with_all_headers(db, sandbox, support_client, admin_client, asker, method):
    client = {"stranger": Client(), "support": support_client, "admin": admin_client}[asker]
    client.raise_request_exception = False
    found = {}
    for address in addresses():
        if address == "/logout/":
            continue
        response = getattr(client, method)(address)
        wrong = lacks(response.headers)
        if "no-store" not in response["Cache-Control"] and address not in SHARED:
            wrong.append("kept")
        found[address] = (response.status_code, wrong)
        response.close()

    assert len(found) > 80
    assert {address: wrong for address, (_status, wrong) in found.items() if wrong} == {}


def test_a_static_file_has_them_and_is_kept(answered):
    response = answered(Client().get("/static/css/base.css"))

    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, False)


@pytest.mark.parametrize("path", ["/nothing", "/static/nothing.css", "/calls/../../etc/passwd", "/%00"])
def test_nothing_here_has_them(db, answered, path):
    assert answered(Client().get(path)).status_code == 404


def test_a_host_that_is_not_ours_is_refused_with_them(db, answered):
    client = Client(raise_request_exception=False)

    assert answered(client.get("/livez", headers={"Host": "evil.example"})).status_code == 400


def test_a_failure_has_them(db, support_client, answered, monkeypatch):
    monkeypatch.setattr("dashboard.calls.views.render", lambda *args, **kwargs: 1 / 0)
    support_client.raise_request_exception = False

    assert answered(support_client.get("/calls/")).status_code == 500


def test_a_database_that_is_gone_has_them(db, answered, monkeypatch, support_client):
    def refuse(*_args, **_kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", refuse)
    support_client.raise_request_exception = False

    assert answered(support_client.get("/calls/")).status_code in (500, 503)
    assert answered(support_client.get("/api/calls")).status_code in (500, 503)


def test_a_form_without_its_token_is_refused_with_them(support_user, answered):
    client = Client(enforce_csrf_checks=True)
    client.force_login(support_user)

    assert answered(client.post("/environment/", {"environment": "all"})).status_code == 403


def test_webhooks_that_are_refused_have_them_and_no_cookie(db, settings, answered):
    settings.WEBHOOK_SECRETS = {"VAPI_WEBHOOK_SECRET": "a-secret-for-tests"}
    settings.WEBHOOK_BODY_LIMIT = 10
    door = "/webhooks/production/vapi/"

    def send(body, kind="application/json"):
        response = answered(Client().post(door, body, content_type=kind))
        assert not response.cookies
        return response.status_code

    assert send("{}") == 401
    assert send("{}", "text/html") == 415
    assert send(json.dumps({"a": "b" * 20})) == 413


def test_a_redirect_to_https_has_them(db, settings, answered):
    settings.SECURE_SSL_REDIRECT = True
    response = answered(Client().get("/calls/"))

    assert (response.status_code, response["Location"]) == (301, "https://testserver/calls/")


def test_fragments_and_pages_of_a_call_are_kept_by_nobody(support_client, sandbox, answered):
    call = make_call()
    pages = [f"/calls/{call.pk}/", "/calls/", "/logs/", f"/logs/call/?id={call.platform_call_id}"]

    for page in pages:
        for headers in ({}, HTMX):
            assert "no-store" in answered(support_client.get(page, headers=headers))["Cache-Control"], page


def test_a_file_of_calls_is_kept_by_nobody(support_client, answered):
    make_call()
    response = answered(support_client.get("/calls/export/?format=csv"))
    response.close()

    assert "no-store" in response["Cache-Control"]


def test_every_cookie_is_out_of_reach_whoever_sets_it(settings, rf):
    def careless(_request):
        response = HttpResponse()
        response.set_cookie("mine", "1")
        response.set_cookie("strict", "1", samesite="Strict")
        return response

    settings.HTTPS = True
    cookies = HeadersMiddleware(careless)(rf.get("/")).cookies

    assert all(cookie["httponly"] and cookie["secure"] for cookie in cookies.values())
    assert [cookie["samesite"] for cookie in cookies.values()] == ["Lax", "Strict"]


def test_no_host_is_believed():
    with pytest.raises(DisallowedHost):
        RequestFactory().get("/", headers={"Host": "evil.example"}).get_host()


def test_signing_in_sets_the_cookies_that_are_meant(db, settings):
    User.objects.create_user("mira", password="a long enough word")
    client = Client()
    client.get("/login/")
    client.post("/login/", {"username": "mira", "password": "a long enough word"})

    assert set(client.cookies) == {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in client.cookies.values())
    assert all(cookie["path"] == "/" and not cookie["domain"] for cookie in client.cookies.values())
