from __future__ import annotations

import logging
import os
import subprocess
import sys

import pytest

from dashboard.calls.vocabulary import Platform
from dashboard.ingest import checks
from dashboard.ingest.platforms.base import Secret
from dashboard.ingest.secrets import missing, secrets_for, unpaired
from dashboard.logs import RedactSecrets


def texts(platform, environment):
    return [secret.text for secret in secrets_for(platform, environment)]


def test_a_secret_is_for_every_environment(settings):
    settings.WEBHOOK_SECRETS = {"RETELL_API_KEY": "one"}

    assert texts(Platform.RETELL, "production") == texts(Platform.RETELL, "staging") == ["one"]


def test_an_environment_s_own_secret_takes_its_place(settings):
    settings.WEBHOOK_SECRETS = {"RETELL_API_KEY": "one", "RETELL_API_KEY_STAGING": "two"}

    assert (texts(Platform.RETELL, "production"), texts(Platform.RETELL, "staging")) == (["one"], ["two"])


def test_the_next_secret_is_as_good(settings):
    settings.WEBHOOK_SECRETS = {"RETELL_API_KEY_EU_1": "one", "RETELL_API_KEY_EU_1_NEXT": "two"}

    assert texts(Platform.RETELL, "eu-1") == ["one", "two"]


def test_livekit_s_secret_has_a_key(settings):
    settings.WEBHOOK_SECRETS = {"LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "secret"}

    assert secrets_for(Platform.LIVEKIT, "production") == [Secret("secret", "key")]


def test_half_of_a_pair_is_none_and_an_error(settings):
    settings.WEBHOOK_SECRETS = {"LIVEKIT_API_KEY": "key"}

    assert secrets_for(Platform.LIVEKIT, "production") == []
    assert missing(Platform.LIVEKIT, "production") == unpaired() == ["LIVEKIT_API_SECRET"]
    assert [error.id for error in checks.secrets_are_complete()] == ["ingest.E002"]


def test_a_secret_is_not_in_its_repr():
    assert "hidden" not in repr(Secret("hidden"))


@pytest.mark.parametrize(
    "url", ["", "calls.example.com", "ftp://x", "https://", "https://x:y", "https://x/?a=1"]
)
def test_twilio_needs_a_public_address(settings, url):
    settings.WEBHOOK_SECRETS, settings.PUBLIC_URL = {"TWILIO_AUTH_TOKEN_STAGING": "token"}, url

    assert [error.id for error in checks.public_url_is_usable()] == ["ingest.E001"]


@pytest.mark.parametrize("url", ["https://calls.example.com", "http://10.0.0.1:8000/desk"])
def test_a_public_address_may_have_a_port_and_a_path(settings, url):
    settings.WEBHOOK_SECRETS, settings.PUBLIC_URL = {"TWILIO_AUTH_TOKEN": "token"}, url

    assert checks.public_url_is_usable() == []


def test_without_twilio_no_public_address_is_needed(settings):
    settings.WEBHOOK_SECRETS, settings.PUBLIC_URL = {"RETELL_API_KEY": "one"}, ""

    assert checks.public_url_is_usable() == []


def test_a_secret_with_a_line_break_is_an_error(settings):
    settings.WEBHOOK_SECRETS = {"RETELL_API_KEY": "one\ntwo"}

    assert [error.id for error in checks.secrets_are_printable()] == ["ingest.E003"]


def test_no_secret_reaches_the_log(settings):
    settings.WEBHOOK_SECRETS = {"TWILIO_AUTH_TOKEN_NEXT": "a-long-token"}
    record = logging.LogRecord("a", logging.ERROR, "", 0, "It has %s", ("a-long-token",), None)

    RedactSecrets().filter(record)

    assert record.getMessage() == "It has [TWILIO_AUTH_TOKEN_NEXT]"


def test_settings_read_all_of_them_from_variables_and_files(tmp_path):
    kept = tmp_path / "secret"
    kept.write_text("from-a-file\n")
    variables = {
        "VAPI_WEBHOOK_SECRET_FILE": str(kept),
        "TWILIO_AUTH_TOKEN_EU_1_NEXT": " spaced ",
        "LIVEKIT_API_SECRET": "",
        "SENTRY_ENVIRONMENTS": "production,eu-1",
        "PUBLIC_URL": "https://calls.example.com/",
    }
    script = "from dashboard import settings as s; print(s.WEBHOOK_SECRETS, s.PUBLIC_URL)"

    told = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | variables, capture_output=True, text=True, check=True
    )

    secrets = {"VAPI_WEBHOOK_SECRET": "from-a-file", "TWILIO_AUTH_TOKEN_EU_1_NEXT": "spaced"}
    assert told.stdout == f"{secrets} https://calls.example.com\n"
