"""A form of another site changes nothing, at whatever door it is sent to."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.access.doors import doors
from tests.access.expected import lines, written_by_reading
from tests.access.walk import KINDS, address_of, ask
from tests.access.world import CANARY

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_without_its_token_is_refused(world, kind):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["admin"])
    tried = 0

    for door in doors():
        line = lines()[door.name]
        if "POST" not in line.answers or line.csrf_exempt:
            continue
        answer = ask(client, "POST", address_of(door, line, world), kind, line)
        assert answer.status == 403 and answer.written <= set(written_by_reading()), door.name
        assert CANARY.encode() not in answer.body
        if kind == "json":
            assert json.loads(answer.body)["error"]["status"] == 403
        tried += 1

    assert tried > 50


def test_a_session_does_not_open_the_doors_that_ask_for_no_token(world):
    """What takes no token of a form takes no session either."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["admin"])
    exempt = [door for door in doors() if door.is_csrf_exempt]

    for door in exempt:
        line = lines()[door.name]
        answer = ask(client, "POST", address_of(door, line, world), "plain", line)
        stranger = ask(Client(), "POST", address_of(door, line, world), "plain", line)
        assert answer.status == 403 or answer.status == stranger.status, door.name
