from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.urls import reverse
from waffle.models import Flag

from dashboard.audit.models import Entry
from dashboard.keys.models import ApiKey
from dashboard.people.groups import give_role
from dashboard.people.roles import Role
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_a_person_is_made_changed_and_deleted(trail):
    user = User.objects.create_user("mira")
    user.is_active = False
    user.save()
    user.save()
    user.delete()

    assert [row[2] for row in trail()] == [
        "mira: made",
        "mira: changed, is_active no",
        "mira: deleted",
    ]
    assert {row[0] for row in trail()} == {"role_changed"}


def test_coming_in_is_no_change_of_a_person(support_client, trail):
    support_client.get(reverse("calls:list"))

    assert [row for row in trail() if row[0] == "role_changed"] == []


def test_a_role_is_given_and_taken(trail):
    user = make_person("mira", None)
    give_role(user, Role.LEAD)
    give_role(user, None)

    said = [row[2] for row in trail() if "Support" in row[2]]
    assert said == ["mira: given Support lead", "mira: taken Support lead"]


def test_a_right_is_given_to_one_person(trail):
    user = make_person("mira")
    right = Permission.objects.get(codename="reveal")

    user.user_permissions.add(right)
    user.user_permissions.clear()

    given, taken = trail()[-2:]
    assert given[2].startswith("mira: given") and "Reveal personal data" in given[2]
    assert taken[2].startswith("mira: taken") and "Reveal personal data" in taken[2]


def test_an_admin_changes_what_a_role_may_do(admin_client, trail):
    group = Group.objects.get(name=Role.AGENT)
    rights = [right.pk for right in group.permissions.all()] + [Permission.objects.get(codename="reveal").pk]

    url = reverse("admin:auth_group_change", args=[group.pk])
    assert admin_client.post(url, {"name": group.name, "permissions": rights}).status_code == 302

    event, who, detail = trail()[-1]
    assert (event, who) == ("role_changed", "ada")
    assert detail.startswith("Support agent: given") and "Reveal" in detail


def test_migrate_gives_the_roles_their_rights_without_an_entry(trail):
    Group.objects.get(name=Role.AGENT).permissions.clear()
    before = trail()

    call_command("migrate", verbosity=0)

    assert trail() == before


def test_a_flag_is_changed(admin_client, trail):
    flag, _made = Flag.objects.get_or_create(name="use_discover_api")
    flag.everyone = False
    flag.save()
    flag.users.add(make_person("mira"))

    details = [row[2] for row in trail() if row[0] == "flag_changed"]
    assert "use_discover_api: changed, everyone no" in details
    assert "use_discover_api: given mira" in details


def test_a_key_is_made_revoked_and_deleted(trail):
    key, secret = ApiKey.create("reporting", ApiKey.Scope.READ)
    key.revoke()
    key.delete()

    assert [row[0] for row in trail()] == ["key_created", "key_revoked", "key_revoked"]
    assert trail()[0][2] == "reporting: made, scope read"
    assert secret not in str(list(Entry.objects.values())) and key.hash not in str(
        list(Entry.objects.values())
    )


@pytest.mark.skipif(not apps.is_installed("django_otp.plugins.otp_totp"), reason="No second factor here")
def test_a_second_factor_is_set_up_used_and_removed(trail):
    user = make_person("mira")
    device = apps.get_model("otp_totp", "TOTPDevice").objects.create(user=user, name="App")
    device.save()
    codes = apps.get_model("otp_static", "StaticDevice").objects.create(user=user, name="Recovery codes")
    for number in range(3):
        codes.token_set.create(token=f"code-{number}")
    codes.verify_token("code-0")
    codes.delete()
    device.delete()

    said = [row[2] for row in trail() if row[0] == "mfa_changed"]
    assert said == [
        "App (mira): made, confirmed yes",
        "Recovery codes (mira): made, confirmed yes",
        "Recovery codes (mira): one used",
        "Recovery codes (mira): deleted",
        "App (mira): deleted",
    ]
    assert device.key not in str(list(Entry.objects.values()))
