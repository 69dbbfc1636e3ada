"""What one person may do. Read with the person in one query, anew for every request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import F, FilteredRelation, Q

from dashboard.people.roles import APP, NEVER_IMPLIED, RIGHTS, Role, codename

_CODENAMES = [codename(right) for right in RIGHTS]
# Where a user object keeps what it may do, so that a request reads it once.
KEPT = "known_rights"
Somebody = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True)
class Known:
    role: Role | None
    rights: frozenset[str]


NOBODY = Known(None, frozenset())


def may(user: Somebody, right: str) -> bool:
    """Whether a person has a right of `roles.py`. Not `user.has_perm`, which gives a superuser everything."""
    return right in _known(user).rights


def role_of(user: Somebody) -> Role | None:
    """Return the highest role of a person, or None."""
    return _known(user).role


def read_person(pk: int) -> User | None:
    """Return a user with what the user may do, in one query, whether active or not."""
    rows = list(
        User.objects.filter(pk=pk)
        .annotate(
            of_role=FilteredRelation(
                "groups__permissions", condition=Q(groups__permissions__codename__in=_CODENAMES)
            ),
            own=FilteredRelation("user_permissions", condition=Q(user_permissions__codename__in=_CODENAMES)),
        )
        .annotate(
            role_name=F("groups__name"), role_right=F("of_role__codename"), own_right=F("own__codename")
        )
    )
    if not rows:
        return None
    user = rows[0]
    groups = {row.role_name for row in rows}
    codenames = {name for row in rows for name in (row.role_right, row.own_right) if name}
    setattr(user, KEPT, _weigh(user, groups, codenames))
    return user


def _known(user: Somebody) -> Known:
    if not isinstance(user, User) or not user.pk or not user.is_active:
        return NOBODY
    if not hasattr(user, KEPT):
        setattr(user, KEPT, getattr(read_person(user.pk), KEPT, NOBODY))
    known: Known = getattr(user, KEPT)
    return known


def forget(user: User) -> None:
    """Read anew what a person may do when it is asked next; a role was changed."""
    if hasattr(user, KEPT):
        delattr(user, KEPT)


def _weigh(user: User, groups: Iterable[str | None], codenames: Iterable[str]) -> Known:
    names = set(groups)
    rights = {f"{APP}.{name}" for name in codenames}
    if user.is_superuser:
        names.add(Role.ADMINISTRATOR)
        rights |= set(RIGHTS) - NEVER_IMPLIED
    roles = [role for role in Role if role in names]
    return Known(roles[-1] if roles else None, frozenset(rights))
