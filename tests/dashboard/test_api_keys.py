from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from dashboard.keys.models import ApiKey


def test_the_command_prints_the_key_once_and_the_database_keeps_its_hash(db, capsys):
    call_command("create_api_key", "reporting", "--scope", "read")

    secret = capsys.readouterr().out.strip()
    key = ApiKey.objects.get()
    assert ApiKey.find(secret) == key
    assert secret not in {str(getattr(key, field.name)) for field in ApiKey._meta.fields}


def test_a_name_is_given_once(db, capsys):
    call_command("create_api_key", "reporting", "--scope", "read")

    with pytest.raises(CommandError, match="already"):
        call_command("create_api_key", "reporting", "--scope", "read")


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_name_must_say_something(db, name):
    with pytest.raises(CommandError, match="1 to 100"):
        call_command("create_api_key", name, "--scope", "read")


def test_an_admin_can_revoke_a_key_but_not_read_it(admin_client):
    key, secret = ApiKey.create("reporting", "read")

    page = admin_client.get(f"/admin/keys/apikey/{key.pk}/change/").content.decode()
    admin_client.post("/admin/keys/apikey/", {"action": "revoke", "_selected_action": [key.pk]})

    assert secret not in page and key.hash not in page
    assert ApiKey.find(secret) is None


def test_a_key_is_for_an_environment_that_exists(db):
    with pytest.raises(CommandError, match="production, staging"):
        call_command("create_api_key", "box", "--scope", "ingest", "--environment", "prod")

    assert not ApiKey.objects.exists()
