"""Who may do what: the rights, and the roles that carry them. `migrate` puts this into the database."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

APP = "people"
# For doors that only ask that somebody is signed in.
SIGNED_IN = ""
SEE_CALLS = "people.see_calls"
REVEAL = "people.reveal"
EXPORT = "people.export_calls"
PIN = "people.pin_evidence"
HOLD = "people.hold_evidence"
SEE_AUDIT = "people.see_audit"
ADMINISTER = "people.administer"

RIGHTS: Mapping[str, str] = {
    SEE_CALLS: "See calls and their errors, personal data masked",
    REVEAL: "Reveal personal data, with a reason",
    EXPORT: "Export calls",
    PIN: "Pin the evidence of a call",
    HOLD: "Put a call on legal hold",
    SEE_AUDIT: "See what everybody did",
    ADMINISTER: "Administer the dashboard",
}
# Administrators manage and do not read: being a superuser does not give these, only a role or a grant does.
NEVER_IMPLIED = frozenset({REVEAL, EXPORT})


class Role(StrEnum):
    """A role by the name of its group, least to most."""

    AGENT = "Support agent"
    LEAD = "Support lead"
    ADMINISTRATOR = "Administrator"


ROLES: Mapping[Role, frozenset[str]] = {
    Role.AGENT: frozenset({SEE_CALLS, PIN}),
    Role.LEAD: frozenset({SEE_CALLS, PIN, REVEAL, EXPORT, HOLD, SEE_AUDIT}),
    Role.ADMINISTRATOR: frozenset({SEE_CALLS, PIN, HOLD, SEE_AUDIT, ADMINISTER}),
}


def codename(right: str) -> str:
    return right.partition(".")[2]
