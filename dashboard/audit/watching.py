"""Changes of people, keys, flags and second factors, whichever way they are made.

They are recorded before they are saved, and together with it where a transaction is open. So there may be an
entry of a change that then failed, but no change without an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import is_password_usable
from django.db.models import Model
from django.db.models.signals import m2m_changed, pre_delete, pre_save

from dashboard.audit.asking import current_request
from dashboard.audit.record import Event, record_change

WATCHED: Mapping[str, tuple[Event, tuple[str, ...]]] = {
    "auth.User": (Event.ROLE_CHANGED, ("username", "is_active", "is_staff", "is_superuser")),
    "auth.Group": (Event.ROLE_CHANGED, ("name",)),
    "keys.ApiKey": (Event.KEY_CREATED, ("name", "scope", "environment", "expires_at", "revoked_at")),
    "waffle.Flag": (
        Event.FLAG_CHANGED,
        (
            "name",
            "everyone",
            "percent",
            "testing",
            "superusers",
            "staff",
            "authenticated",
            "languages",
            "rollout",
        ),
    ),
    "otp_totp.TOTPDevice": (Event.MFA_CHANGED, ("confirmed", "key")),
    "otp_static.StaticDevice": (Event.MFA_CHANGED, ("confirmed",)),
}
TIED: Mapping[str, tuple[Event, tuple[str, ...]]] = {
    "auth.User": (Event.ROLE_CHANGED, ("groups", "user_permissions")),
    "auth.Group": (Event.ROLE_CHANGED, ("permissions",)),
    "waffle.Flag": (Event.FLAG_CHANGED, ("users", "groups")),
}
# What nobody but the system needs to know.
UNSAID = {"key"}
WAYS = {"post_add": "given", "pre_remove": "taken", "pre_clear": "taken"}


def connect() -> None:
    for label in WATCHED:
        if label.partition(".")[0] in apps.app_configs:
            pre_save.connect(_saving, sender=label, dispatch_uid=f"audit {label}")
            pre_delete.connect(_deleting, sender=label, dispatch_uid=f"audit {label}")
    if "otp_static" in apps.app_configs:
        pre_delete.connect(_code_used, sender="otp_static.StaticToken", dispatch_uid="audit recovery codes")
    for label, (_event, names) in TIED.items():
        for name in names:
            through = getattr(apps.get_model(label), name).through
            m2m_changed.connect(_tied, sender=through, dispatch_uid=f"audit {label} {name}")


def _saving(sender: type[Model], instance: Any, raw: bool, update_fields: Any, **kwargs: Any) -> None:
    event, names = WATCHED[sender._meta.label]
    if _is_from_the_program(sender):
        return
    # Most saves of a person only say when the person came last.
    if raw or (update_fields is not None and not {*names, "password"} & set(update_fields)):
        return
    before = None if instance._state.adding else sender._base_manager.filter(pk=instance.pk).first()
    if before is None:
        _record(event, instance, "made", [name for name in names if getattr(instance, name)])
        return
    if _has_new_password(instance, before, update_fields):
        record_change(Event.PASSWORD_CHANGED, detail=f"{before}")
    changed = [name for name in names if getattr(instance, name) != getattr(before, name)]
    if changed:
        is_revoked = "revoked_at" in changed and instance.revoked_at is not None
        _record(Event.KEY_REVOKED if is_revoked else event, instance, "changed", changed, before)


def _deleting(sender: type[Model], instance: Any, **kwargs: Any) -> None:
    event, _names = WATCHED[sender._meta.label]
    _record(Event.KEY_REVOKED if event == Event.KEY_CREATED else event, instance, "deleted", ())


def _code_used(sender: type[Model], instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """Record a recovery code that goes by itself, not with all the others."""
    if getattr(origin, "model", type(origin)) is sender:
        record_change(Event.MFA_CHANGED, detail=f"{instance.device}: one used")


def _tied(sender: Any, instance: Any, action: str, model: Any, pk_set: Any, **kwargs: Any) -> None:
    if action not in WAYS or _is_from_the_program(sender):
        return
    ends = {field.related_model: field.name for field in sender._meta.fields if field.related_model}
    tied = sender._base_manager.filter(**{ends[type(instance)]: instance})
    tied = tied if pk_set is None else tied.filter(**{f"{ends[model]}__in": pk_set})
    names = sorted(str(getattr(tie, ends[model])) for tie in tied.select_related(ends[model]))
    if not names:
        return
    event = Event.FLAG_CHANGED if sender._meta.app_label == "waffle" else Event.ROLE_CHANGED
    field = sender._meta.label.rpartition("_")[2]
    record_change(event, fields=[field], detail=f"{instance}: {WAYS[action]} {', '.join(names)}")


def _is_from_the_program(sender: type[Model]) -> bool:
    """Whether `migrate` makes the groups of the roles: what they may do is written in the program."""
    return sender._meta.label.startswith("auth.Group") and current_request() is None


def _record(event: Event, instance: Any, how: str, names: Any, before: Any = None) -> None:
    whose = str(before or instance)
    values = [_say(name, getattr(instance, name)) for name in names if name not in UNSAID]
    if how == "made":
        usual = {f"username {whose}", f"name {whose}", "is_active yes"}
        values = [value for value in values if value not in usual]
    record_change(event, fields=list(names), detail=": ".join([whose, ", ".join([how, *values])]))


def _say(name: str, value: object) -> str:
    return f"{name} {'yes' if value is True else 'no' if value is False else value}"


def _has_new_password(instance: Any, before: Any, update_fields: Any) -> bool:
    if getattr(before, "password", None) == getattr(instance, "password", None):
        return False
    # Django renews the hash of an old password in this way when its owner signs in.
    is_renewed = instance._password is None and list(update_fields or ()) == ["password"]
    return not is_renewed or not is_password_usable(instance.password)
