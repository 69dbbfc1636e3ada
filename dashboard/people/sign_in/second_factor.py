"""The second factor: codes of an authenticator app (TOTP), and ten recovery codes. django-otp checks them."""

from __future__ import annotations

import base64
import secrets
from binascii import unhexlify

import segno
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp import verify_token
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from dashboard.people.rights import Somebody, role_of

VERIFIED = "second_factor"
CODES, SALT = 10, "dashboard.people.second_factor"
# A key that was shown can be confirmed this long.
SECONDS_TO_ENROL = 900
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def is_wanted_of(user: Somebody) -> bool:
    """Whether the role of a person comes with the duty to have a second factor."""
    role = role_of(user)
    return role is not None and role.name.lower() in settings.SECOND_FACTOR_ROLES


def is_verified(session: SessionBase) -> bool:
    return bool(session.get(VERIFIED))


def mark_verified(session: SessionBase) -> None:
    session[VERIFIED] = True


def device_of(user: Somebody) -> TOTPDevice | None:
    found: TOTPDevice | None = TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).first()
    return found


def accepts(user: Somebody, code: str) -> bool:
    """Whether a code of the app or a recovery code is right. Each is good once; wrong ones delay the next."""
    code = "".join(code.split()).replace("-", "").lower()
    if not code:
        return False
    device = device_of(user)
    if code.isdecimal() and code.isascii():
        return device is not None and verify_token(user, device.persistent_id, code) is not None
    spare = StaticDevice.objects.filter(user_id=user.pk, confirmed=True).first()
    return spare is not None and verify_token(user, spare.persistent_id, _kept(code)) is not None


def new_key(user: User) -> str:
    """Return a signed new key, for one person and for a quarter of an hour. Nothing is stored yet."""
    return signing.dumps({"key": secrets.token_hex(20), "user": user.pk}, salt=SALT)


def key_in(signed: str, user: User) -> str | None:
    """Return the key in hexadecimal, or None for one that is too old or another person's."""
    try:
        said = signing.loads(signed, salt=SALT, max_age=SECONDS_TO_ENROL)
    except signing.BadSignature:
        return None
    return str(said["key"]) if said["user"] == user.pk else None


def address_for_app(user: User, key: str) -> str:
    """Return what the QR code says."""
    device = TOTPDevice(user=user, key=key)
    address: str = device.config_url
    return address


def spelled(key: str) -> str:
    """Return a key as people type it into an app, in groups of four."""
    text = base64.b32encode(unhexlify(key)).decode()
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def qr_path(text: str) -> tuple[str, int]:
    """Return a QR code as the path of an SVG, and the length of its sides with the quiet zone."""
    rows = [*segno.make(text, error="m").matrix_iter(border=4)]
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
    )
    return path, len(rows)


@transaction.atomic
def enrol(user: User, key: str, code: str) -> list[str] | None:
    """Keep the key if the code fits it, in place of any before, and return the recovery codes; else None."""
    totp = TOTP(unhexlify(key))
    if not (code.isascii() and code.isdecimal() and totp.verify(int(code), 1)):
        return None
    remove(user)
    TOTPDevice.objects.create(user=user, name="App", key=key, confirmed=True, last_t=totp.t())
    return new_codes(user)


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Make recovery codes in place of those before. They can be read this once; their hash is kept."""
    StaticDevice.objects.filter(user=user).delete()
    spare = StaticDevice.objects.create(user=user, name="Recovery codes", confirmed=True)
    codes = ["".join(secrets.choice(_LETTERS) for _letter in range(12)) for _code in range(CODES)]
    for code in codes:
        StaticToken.objects.create(device=spare, token=_kept(code))
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def codes_left(user: Somebody) -> int:
    left: int = StaticToken.objects.filter(device__user_id=user.pk).count()
    return left


@transaction.atomic
def remove(user: User) -> bool:
    """Take the second factor away. Return whether there was one."""
    StaticDevice.objects.filter(user=user).delete()
    gone, _kinds = TOTPDevice.objects.filter(user=user).delete()
    return bool(gone)


def _kept(code: str) -> str:
    """Return 96 bits of a keyed hash: all that the library's column holds, far more than a code has."""
    digest = salted_hmac(SALT, code, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:12]).decode()
