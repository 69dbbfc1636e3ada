"""Who may do what, and that a right is asked for anew with every request."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path

from dashboard.people.doors import denied, needs
from dashboard.people.groups import give_role, keep_roles
from dashboard.people.rights import may, read_person, role_of
from dashboard.people.roles import (
    ADMINISTER,
    EXPORT,
    HOLD,
    PIN,
    REVEAL,
    RIGHTS,
    SEE_AUDIT,
    SEE_CALLS,
    Role,
    codename,
)
from tests.factories import make_person, signed_in

MATRIX = {
    None: set(),
    Role.AGENT: {SEE_CALLS, PIN},
    Role.LEAD: {SEE_CALLS, PIN, REVEAL, EXPORT, HOLD, SEE_AUDIT},
    Role.ADMINISTRATOR: {SEE_CALLS, PIN, HOLD, SEE_AUDIT, ADMINISTER},
}


def grant(person: User, right: str) -> None:
    person.user_permissions.add(Permission.objects.get(codename=codename(right)))


@pytest.mark.parametrize("role", MATRIX)
def test_a_role_gives_its_rights_and_no_others(db, role):
    person = User.objects.get(pk=make_person("sam", role).pk)

    assert {right for right in RIGHTS if may(person, right)} == MATRIX[role]
    assert role_of(person) == role


@pytest.mark.parametrize("right", [REVEAL, EXPORT])
def test_an_administrator_reads_nobody_unless_granted(admin_user, right):
    assert not may(User.objects.get(username="ada"), right)

    grant(admin_user, right)

    assert may(User.objects.get(username="ada"), right)


def test_a_grant_to_a_person_adds_to_the_role(support_user):
    grant(support_user, REVEAL)

    person = User.objects.get(username="mira")

    assert may(person, REVEAL) and may(person, SEE_CALLS) and not may(person, EXPORT)


def test_a_disabled_person_has_no_right(admin_user):
    User.objects.update(is_active=False)

    assert not may(User.objects.get(), SEE_CALLS)


def test_person_and_rights_cost_one_query(lead_user):
    grant(lead_user, PIN)
    with CaptureQueriesContext(connection) as queries:
        person = read_person(lead_user.pk)
        assert may(person, REVEAL) and role_of(person) == Role.LEAD

    assert len(queries) == 1


def test_a_request_reads_its_person_and_rights_once(support_client):
    with CaptureQueriesContext(connection) as queries:
        assert support_client.get("/").status_code == 302

    assert len(queries) == 2, "one for the session, one for the person"


def test_the_names_of_rights_are_used_by_nothing_else(db):
    names = [codename(right) for right in RIGHTS]

    assert Permission.objects.filter(codename__in=names).count() == len(names)


def test_what_somebody_changed_about_a_role_is_put_right_by_migrate(db):
    agents = Group.objects.get(name=Role.AGENT)
    agents.permissions.set(Permission.objects.filter(codename__in=["reveal", "view_call"]))

    keep_roles()

    names = set(agents.permissions.values_list("codename", flat=True))
    assert names == {"see_calls", "pin_evidence", "view_call"}


def test_the_command_gives_one_role_in_place_of_the_last(support_user, capsys):
    call_command("give_role", "mira", "administrator")
    mira = User.objects.get(username="mira")
    assert (role_of(mira), mira.is_staff, mira.is_superuser) == (Role.ADMINISTRATOR, True, True)

    call_command("give_role", "mira", "lead")
    mira = User.objects.get(username="mira")
    assert (role_of(mira), mira.is_staff, mira.is_superuser) == (Role.LEAD, False, False)
    assert mira.groups.count() == 1
    assert "mira: Support lead." in capsys.readouterr().out


def test_the_command_knows_people_only(db):
    with pytest.raises(CommandError, match="no person"):
        call_command("give_role", "nobody", "agent")


def test_a_person_without_a_role_is_sent_to_the_lead_and_can_sign_out(nobody_client):
    response = nobody_client.get("/calls/")
    html = response.content.decode()

    assert response.status_code == 403
    assert "Ask your lead" in html and "noel" in html and 'action="/logout/"' in html
    assert nobody_client.post("/logout/").status_code == 302


def test_a_fragment_is_refused_as_a_fragment(nobody_client):
    response = nobody_client.get("/calls/marks/", headers={"HX-Request": "true"})

    assert (response.status_code, b"<html" in response.content) == (403, False)
    assert b"Ask your lead" in response.content


def test_a_machines_door_is_refused_as_json(nobody_client):
    response = nobody_client.get("/api/calls")

    assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden")


def exported(client):
    response = client.get("/calls/export/")
    if response.streaming:
        response.getvalue()  # To its end, or it would keep one of the places for exports.
    return response.status_code


def test_an_agent_takes_no_calls_along(support_client, lead_client):
    assert exported(support_client) == 403
    assert b"/calls/export/" not in support_client.get("/calls/").content
    assert exported(lead_client) == 200


@pytest.mark.parametrize("url", ["/logs/comparison/", "/logs/health/", "/logs/check/"])
def test_technical_pages_are_for_administrators(support_client, lead_client, url):
    assert (support_client.get(url).status_code, lead_client.get(url).status_code) == (403, 403)


def test_a_demotion_counts_from_the_next_request_on(lead_user, lead_client):
    assert exported(lead_client) == 200

    give_role(lead_user, None)

    assert exported(lead_client) == 403
    assert lead_client.get("/calls/").status_code == 403


def test_a_refusal_is_told_to_whoever_listens(support_user):
    heard = []

    def listen(request, right, **kwargs):
        heard.append((request.user.get_username(), request.path_info, right))

    denied.connect(listen)
    signed_in(support_user).get("/calls/export/")
    denied.disconnect(listen)

    assert heard == [("mira", "/calls/export/", EXPORT)]


def undeclared(request):
    return HttpResponse("open")


urlpatterns = [path("api/undeclared", undeclared, name="undeclared")]


def test_a_door_that_names_no_right_is_shut_even_for_administrators(admin_client, settings):
    settings.ROOT_URLCONF = "tests.people.test_roles"

    assert admin_client.get("/api/undeclared").status_code == 403


def test_a_right_that_does_not_exist_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="no right"):
        needs("people.everything")
