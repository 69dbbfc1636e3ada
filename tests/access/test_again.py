"""What one person opened is asked for again by others, and by the same person when things have changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from dashboard.people.groups import give_role
from dashboard.people.roles import Role
from tests.access.doors import doors
from tests.access.expected import addresses, askers, lines, written_by_reading
from tests.access.walk import KINDS, address_of, ask
from tests.access.world import World

pytestmark = pytest.mark.usefixtures("quiet")


def demote(world: World, client: Client) -> None:
    give_role(world.people["lead"], None)


def sign_out(world: World, client: Client) -> None:
    old = client.cookies.output(attrs=[], header="")
    client.post("/logout/")
    client.cookies.load(old.strip())


def change_password(world: World, client: Client) -> None:
    world.people["lead"].set_password("another long one of hers")
    world.people["lead"].save()


def disable(world: World, client: Client) -> None:
    world.people["lead"].is_active = False
    world.people["lead"].save()


AFTER: list[tuple[Any, str]] = [
    (demote, "none"),
    (sign_out, "anon"),
    (change_password, "anon"),
    (disable, "anon"),
]


@pytest.mark.parametrize(("happens", "as_if"), AFTER, ids=[happens.__name__ for happens, _ in AFTER])
def test_what_a_lead_opened_is_shut_at_once(world, happens, as_if):
    client, column = world.clients["lead"], askers().index("lead")
    pages = [door for door in doors() if "GET" in lines()[door.name].answers]
    opened = [
        door for door in pages if lines()[door.name].answer("GET", column) == "200" and not door.is_open
    ]
    assert len(opened) > 15

    happens(world, client)

    for door in opened:
        line = lines()[door.name]
        for kind in KINDS:
            answer = ask(client, "GET", address_of(door, line, world), kind, line)
            promised = line.answer("GET", askers().index(as_if))
            expected = {"401"} if promised == "L" and kind == "json" else {promised}
            assert answer.word() in expected, (door.name, kind)


def test_another_role_gets_no_more_than_its_own(world):
    """A person who becomes an agent loses what only leads get, in the same session."""
    give_role(world.people["lead"], Role.AGENT)

    for name in ("calls:export", "reveal:call", "reveal:export"):
        door = next(door for door in doors() if door.name == name)
        url = address_of(door, lines()[name], world)
        assert ask(world.clients["lead"], "GET", url, "plain", lines()[name]).status == 403


@pytest.mark.parametrize("kind", ["plain", "htmx"])
def test_an_address_that_no_door_has_tells_everybody_the_same(world, kind):
    for path, line in addresses().items():
        if line.answers.get("*", [""])[0] != "404":
            continue
        bodies = {ask(client, "GET", path, kind, line).body for client in world.clients.values()}
        assert len(bodies) == 1, path


def test_looking_changes_nothing(world):
    """Every page as everybody, kept as it was done, and the database as it was before."""
    before = rows_of_tables()

    for door in doors():
        line = lines()[door.name]
        if "GET" in line.answers:
            for client in world.clients.values():
                client.get(address_of(door, line, world))

    after = rows_of_tables()
    assert {name for name in before if before[name] != after[name]} <= set(written_by_reading())


def rows_of_tables() -> dict[str, int]:
    """Return a hash of all rows of every table."""
    with connection.cursor() as cursor:
        found = {}
        for name in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{name}"')
            found[name] = hash(repr(sorted(map(repr, cursor.fetchall()))))
    return found
