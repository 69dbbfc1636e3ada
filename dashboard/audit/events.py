"""What leaves a trace, and in which words."""

from __future__ import annotations

from django.db import models


class Event(models.TextChoices):
    SIGNED_IN = "signed_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    SIGN_IN_LOCKED = "sign_in_locked", "Sign-in locked"
    SIGNED_OUT = "signed_out", "Signed out"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    MFA_CHANGED = "mfa_changed", "Second factor changed"
    KEY_CREATED = "key_created", "API key created"
    KEY_FIRST_USED = "key_first_used", "API key used for the first time"
    KEY_REVOKED = "key_revoked", "API key revoked"
    ROLE_CHANGED = "role_changed", "Person or role changed"
    FLAG_CHANGED = "flag_changed", "Feature flag changed"
    REVEAL = "reveal", "Reveal"
    EXPORT = "export", "Export"
    NUMBER_SEARCH = "number_search", "Search by number"
    CALL_OPENED = "call_opened", "Call opened"
    RECORDING_OPENED = "recording_opened", "Recording opened"
    DELIVERY_OPENED = "delivery_opened", "Raw webhook opened"
    PIN = "pin", "Evidence pinned"
    UNPIN = "unpin", "Evidence unpinned"
    HOLD = "hold", "Legal hold set"
    RELEASE = "release", "Legal hold lifted"
    ERASURE = "erasure", "Person erased"
    RETENTION = "retention", "Old data deleted"
    BACKUP = "backup", "Backup or restore"
    DENIED = "denied", "Access denied"
    LIMITED = "limited", "Rate limited"


class Result(models.TextChoices):
    DONE = "done", "Done"
    SHOWN = "shown", "Shown"
    DENIED = "denied", "Denied"
    LIMITED = "limited", "Limited"
    FAILED = "failed", "Failed"


REFUSALS = {Event.SIGN_IN_FAILED, Event.SIGN_IN_LOCKED, Event.DENIED, Event.LIMITED}
