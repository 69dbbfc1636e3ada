"""Roles as Django groups, and the one way to give a role to a person."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction

from dashboard.people.rights import forget
from dashboard.people.roles import APP, ROLES, Role, codename


def keep_roles(using: str = "default") -> None:
    """Make the group of every role and give it the rights it has in `roles.py`, no more and no fewer.

    Permissions of other apps that somebody gave to the group stay.
    """
    ours = {
        right.codename: right for right in Permission.objects.using(using).filter(content_type__app_label=APP)
    }
    for role, rights in ROLES.items():
        group, _made = Group.objects.using(using).get_or_create(name=role)
        meant = {ours[codename(right)] for right in rights}
        has = set(group.permissions.filter(content_type__app_label=APP))
        group.permissions.add(*(meant - has))
        group.permissions.remove(*(has - meant))


@transaction.atomic
def give_role(user: User, role: Role | None) -> None:
    """Make `role` the only role of a person; None takes it away. Administrators get Django's admin pages."""
    user.groups.remove(*Group.objects.filter(name__in=[*ROLES]))
    if role is not None:
        user.groups.add(Group.objects.get(name=role))
    user.is_staff = user.is_superuser = role == Role.ADMINISTRATOR
    user.save(update_fields=["is_staff", "is_superuser"])
    forget(user)
