"""The list of erased calls: whoever takes calls in asks it, so that nothing brings a person back.

A hash needs the secret key. Whoever changes SECRET_KEY keeps the old one in SECRET_KEY_FALLBACKS.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings
from django.db import DatabaseError

from dashboard.erased.models import ErasedCall

Identity = tuple[str, str, str]
"""Environment, platform and the platform's own id."""
SALT = b"dashboard.erased"


def erased_among(identities: Iterable[Identity]) -> set[Identity]:
    """Return those that were erased, by one query."""
    by_key = {key: identity for identity in identities for key in _keys(identity)}
    found = ErasedCall.objects.filter(key__in=by_key).values_list("key", flat=True)
    return {by_key[key] for key in found}


def put_on_list(identities: Iterable[Identity]) -> None:
    rows = [ErasedCall(key=_keys(identity)[0]) for identity in identities]
    ErasedCall.objects.bulk_create(rows, ignore_conflicts=True)


def listed() -> list[str]:
    """Return the whole list, to be carried over into another database; empty where there is none yet."""
    try:
        return list(ErasedCall.objects.values_list("key", flat=True))
    except DatabaseError:
        return []


def carry_over(keys: Iterable[str]) -> None:
    ErasedCall.objects.bulk_create([ErasedCall(key=key) for key in keys], ignore_conflicts=True)


def _keys(identity: Identity) -> list[str]:
    text = "\0".join(identity).encode()
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.new(SALT + secret.encode(), text, hashlib.sha256).hexdigest() for secret in secrets]
