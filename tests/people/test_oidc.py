"""Signing in at an OpenID Connect provider, over a real socket; and a provider that lies."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.test import Client
from django.urls import include, path

from dashboard import urls as ours
from dashboard.people.rights import role_of
from dashboard.people.roles import Role
from tests.people.provider import Provider, serve

pytest.importorskip("mozilla_django_oidc")
CLIENT = "dashboard"

urlpatterns = [path("oidc/", include("dashboard.people.oidc_urls")), *ours.urlpatterns]


@pytest.fixture
def provider(db, settings):
    provider = Provider()
    with serve(provider) as address:
        settings.ROOT_URLCONF = "tests.people.test_oidc"
        settings.AUTHENTICATION_BACKENDS = [
            *settings.AUTHENTICATION_BACKENDS,
            "dashboard.people.sign_in.oidc.OidcBackend",
        ]
        settings.OIDC_ISSUER = address
        settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, "a secret"
        settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{address}/authorize"
        settings.OIDC_OP_TOKEN_ENDPOINT = f"{address}/token"
        settings.OIDC_OP_USER_ENDPOINT = f"{address}/user"
        settings.OIDC_OP_JWKS_ENDPOINT = f"{address}/keys"
        settings.ROLE_GROUPS = {"agent": "callers", "lead": "team leads", "administrator": "ops"}
        yield provider


def sign_in(provider: Provider, settings, client: Client | None = None, **claims):
    """Walk to the provider and back; return the browser and the last answer."""
    client = client or Client()
    leaving = client.get("/oidc/begin/?next=/logs/")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(leaving["Location"]).query).items()}
    provider.challenge = asked["code_challenge"]
    provider.issue(settings.OIDC_ISSUER, CLIENT, asked["nonce"], **claims)
    return client, client.get("/oidc/callback/", {"code": "c", "state": asked["state"]})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_first_time_makes_the_person_with_the_role_of_the_groups(provider, settings):
    client, answer = sign_in(provider, settings)

    assert answer["Location"] == "/logs/" and client.get("/calls/").status_code == 200
    assert role_of(User.objects.get(username="sso")) == Role.LEAD


def test_a_person_is_known_by_the_subject_and_the_role_follows(provider, settings):
    sign_in(provider, settings)
    sign_in(provider, settings, preferred_username="renamed", groups=["callers"])

    assert role_of(User.objects.get()) == Role.AGENT
    client, _answer = sign_in(provider, settings, sub="other")
    assert not is_signed_in(client), "the same name of another subject is another person"


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"exp": int(time.time()) - 3600},
        {"nonce": "of another sign-in"},
        {"sub": None},
        {"preferred_username": "a b"},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(provider, settings, lie):
    client, answer = sign_in(provider, settings, **lie)

    assert not is_signed_in(client) and answer.status_code < 500
    assert not User.objects.exists()


@pytest.mark.parametrize("way", ["another key", "HS256", "an error"])
def test_a_token_signed_by_another_lets_nobody_in(provider, settings, way):
    if way == "another key":
        provider.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    elif way == "HS256":
        provider.algorithm = "HS256"
    else:
        provider.status = 500

    client, answer = sign_in(provider, settings)

    assert not is_signed_in(client) and answer.status_code < 500


def test_an_answer_that_nobody_asked_for_asks_nobody(provider):
    client = Client()
    answer = client.get("/oidc/callback/", {"code": "c", "state": "s"})

    assert answer.status_code < 500 and provider.tokens == 0 and not is_signed_in(client)
