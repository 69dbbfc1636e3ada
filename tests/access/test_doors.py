"""The file of doors is complete: nothing opens that it does not name, and it names nothing that is gone."""

from __future__ import annotations

from collections import Counter

from tests.access.doors import doors
from tests.access.expected import lines


def test_every_door_has_its_line():
    assert sorted({door.name for door in doors()} - set(lines())) == []


def test_every_line_has_its_door():
    assert sorted(set(lines()) - {door.name for door in doors()}) == []


def test_every_door_of_ours_has_a_name_of_its_own():
    assert [door.route for door in doors() if not door.is_named and not door.is_of_admin] == []
    assert [name for name, times in Counter(door.name for door in doors()).items() if times > 1] == []


def test_the_doors_without_sign_in_are_those_of_the_file():
    assert {door.name for door in doors() if door.is_open} == {
        line.name for line in lines().values() if line.open
    }


def test_the_doors_without_a_token_against_forgery_are_those_of_the_file():
    exempt = {line.name for line in lines().values() if line.csrf_exempt}

    assert {door.name for door in doors() if door.is_csrf_exempt} == exempt
