"""People whom an identity provider, or a proxy in front of the dashboard, has signed in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from dashboard.people.groups import give_role
from dashboard.people.models import Identity
from dashboard.people.rights import role_of
from dashboard.people.roles import Role

NAME = re.compile(r"[\w.@+-]{1,150}")


class NotLetIn(Exception):
    """Why nobody is signed in, in words for the log."""


@transaction.atomic
def person_for(provider: str, subject: str, name: str, groups: Iterable[str] | None = None) -> User:
    """Return the person with this identity; make one without a password at the first time.

    An account that exists by that name is taken only if it has no password: an administrator made it for
    this. `groups` decide the role, each time; with None the role stays as it is. Raises NotLetIn.
    """
    known = Identity.objects.filter(provider=provider, subject=subject).select_related("user").first()
    user = known.user if known else _new(provider, subject, name)
    if groups is not None:
        role = _role_in(groups)
        if role != role_of(user):
            give_role(user, role)
    if not user.is_active:
        raise NotLetIn("The account is disabled.")
    return user


def _new(provider: str, subject: str, name: str) -> User:
    if not NAME.fullmatch(name) or not 0 < len(subject) <= 255:
        raise NotLetIn("The name is not one that an account can have.")
    user = User.objects.filter(username=name).first()
    if user is None:
        user = User.objects.create_user(name)
    elif user.has_usable_password() or user.identities.exists():
        raise NotLetIn("There is another account with this name.")
    Identity.objects.create(user=user, provider=provider, subject=subject)
    return user


def _role_in(groups: Iterable[str]) -> Role | None:
    """Return the highest role that one of the groups stands for."""
    names = set(groups) - {""}
    roles = [role for role in Role if settings.ROLE_GROUPS.get(role.name.lower()) in names]
    return roles[-1] if roles else None
