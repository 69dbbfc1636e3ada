"""Twilio's `CallStatus`, which is both where a call is and how it ended. Its values: twilio/twilio-oai."""

from __future__ import annotations

from dashboard.calls.vocabulary import EndedBy, EndedReason, Fault, Outcome, Status
from dashboard.ingest.platforms.reasons.rule import rule

STATUSES = {
    "queued": Status.QUEUED,
    "initiated": Status.QUEUED,
    "ringing": Status.RINGING,
    "in-progress": Status.IN_PROGRESS,
    "completed": Status.ENDED,
    "busy": Status.ENDED,
    "failed": Status.ENDED,
    "no-answer": Status.ENDED,
    "canceled": Status.ENDED,
    "answered": Status.IN_PROGRESS,
}

RULES = (
    rule("completed", EndedReason.CARRIER_ENDED, Outcome.COMPLETED, EndedBy.UNKNOWN, Fault.NONE),
    rule("busy", EndedReason.BUSY, Outcome.BUSY, EndedBy.CALLEE, Fault.NONE),
    rule("no-answer|noanswer", EndedReason.NO_ANSWER, Outcome.NO_ANSWER, EndedBy.CALLEE, Fault.NONE),
    rule("canceled", EndedReason.CANCELED, Outcome.CANCELED, EndedBy.OPERATOR, Fault.NONE),
    rule(
        "failed|fail|undialed", EndedReason.TELEPHONY_ERROR, Outcome.FAILED, EndedBy.CARRIER, Fault.TELEPHONY
    ),
)
