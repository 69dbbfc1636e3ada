from __future__ import annotations

from django.contrib.auth.models import Group
from waffle import get_waffle_flag_model

from tests.factories import make_person, signed_in

URL = "/api/sentry/error-check"


def backend(client) -> str:
    return client.get(URL).json()["meta"]["asked"]["backend"]


def flag():
    return get_waffle_flag_model().objects.get(name="use_discover_api")


def change(**values):
    found = flag()
    for name, value in values.items():
        setattr(found, name, value)
    found.save()
    return found


def test_a_new_installation_uses_discover(support_client, sandbox):
    assert flag().everyone is True
    assert backend(support_client) == "discover"


def test_a_change_takes_effect_on_the_next_request(support_client, sandbox):
    assert backend(support_client) == "discover"
    change(everyone=False)
    assert backend(support_client) == "project_events"
    change(everyone=True)
    assert backend(support_client) == "discover"


def test_it_can_be_on_for_single_users_and_groups(support_client, support_user, sandbox, django_user_model):
    other = signed_in(make_person("noor"))
    change(everyone=None).users.add(support_user)
    flag().save()
    assert (backend(support_client), backend(other)) == ("discover", "project_events")

    group = Group.objects.create(name="Pilots")
    other_user = django_user_model.objects.get(username="noor")
    other_user.groups.add(group)
    flag().groups.add(group)
    flag().save()
    assert backend(other) == "discover"


def test_it_can_be_on_for_a_percentage_and_stays_so_for_each_person(sandbox, django_user_model):
    change(everyone=None, percent=50)
    chosen = set()
    for number in range(40):
        client = signed_in(make_person(f"person-{number}"))
        first, second = backend(client), backend(client)
        assert first == second
        chosen.add(first)

    assert chosen == {"discover", "project_events"}


def test_it_is_changed_in_the_admin(admin_client, sandbox):
    response = admin_client.post(
        f"/admin/waffle/flag/{flag().pk}/change/",
        {"name": "use_discover_api", "everyone": "false", "note": "", "languages": "",
         "created_0": "2026-01-01", "created_1": "00:00", "modified_0": "2026-01-01",
         "modified_1": "00:00", "users": "", "groups": []},
    )  # fmt: skip

    assert response.status_code == 302, response.context["adminform"].form.errors
    assert backend(admin_client) == "project_events"
