"""Every door, by every method, as everybody, in every kind: exactly the answer that the file promises."""

from __future__ import annotations

import pytest

from tests.access.doors import doors
from tests.access.expected import METHODS, addresses, askers, lines
from tests.access.walk import KINDS, address_of, walk

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("asker", askers())
def test_every_door_answers_as_promised(world, asker, kind, record_property):
    promised, differences = lines(), []
    here = [(promised[door.name], door) for door in doors() if door.name in promised]
    tried = [(line, address_of(door, line, world)) for line, door in here]
    tried += [(line, path) for path, line in addresses().items()]

    for line, url in tried:
        differences += walk(world, line, url, asker, askers().index(asker), kind)

    record_property("requests", len(tried) * len(METHODS))
    assert not differences, "\n" + "\n".join(differences)
