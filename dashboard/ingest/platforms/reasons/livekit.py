"""LiveKit's `disconnectReason`, job status and SIP call status. Their values: livekit/protocol:protobufs."""

from __future__ import annotations

from dashboard.calls.vocabulary import EndedBy, EndedReason, Fault, Outcome, Status
from dashboard.ingest.platforms.reasons.rule import rule

STATUSES = {
    "SCS_CALL_INCOMING": Status.RINGING,
    "SCS_PARTICIPANT_JOINED": Status.RINGING,
    "SCS_ACTIVE": Status.IN_PROGRESS,
    "SCS_DISCONNECTED": Status.ENDED,
    "SCS_ERROR": Status.ENDED,
}

RULES = (
    rule("CLIENT_INITIATED", EndedReason.CALLER_HANGUP, Outcome.COMPLETED, EndedBy.CALLER, Fault.NONE),
    rule(
        "PARTICIPANT_REMOVED|ROOM_DELETED",
        EndedReason.AGENT_HANGUP,
        Outcome.COMPLETED,
        EndedBy.AGENT,
        Fault.NONE,
    ),
    rule("ROOM_CLOSED", EndedReason.AGENT_HANGUP, Outcome.COMPLETED, EndedBy.SYSTEM, Fault.NONE),
    rule("USER_UNAVAILABLE", EndedReason.NO_ANSWER, Outcome.NO_ANSWER, EndedBy.CALLEE, Fault.NONE),
    rule("USER_REJECTED", EndedReason.BUSY, Outcome.BUSY, EndedBy.CALLEE, Fault.NONE),
    rule("SIP_TRUNK_FAILURE", EndedReason.TELEPHONY_ERROR, Outcome.FAILED, EndedBy.CARRIER, Fault.TELEPHONY),
    rule("MEDIA_FAILURE", EndedReason.NO_AUDIO, Outcome.FAILED, EndedBy.SYSTEM, Fault.TELEPHONY),
    rule(
        "CONNECTION_TIMEOUT|SIGNAL_CLOSE|JOIN_FAILURE|STATE_MISMATCH",
        EndedReason.CONNECTION_LOST,
        Outcome.FAILED,
        EndedBy.SYSTEM,
        Fault.TELEPHONY,
    ),
    rule(
        "SERVER_SHUTDOWN|MIGRATION",
        EndedReason.PLATFORM_ERROR,
        Outcome.FAILED,
        EndedBy.PLATFORM,
        Fault.PLATFORM,
    ),
    rule("DUPLICATE_IDENTITY", EndedReason.CONNECTION_LOST, Outcome.FAILED, EndedBy.SYSTEM, Fault.OURS),
    rule("AGENT_ERROR", EndedReason.AGENT_ERROR, Outcome.FAILED, EndedBy.PLATFORM, Fault.OURS),
    rule("UNKNOWN_REASON", EndedReason.UNKNOWN, Outcome.UNKNOWN, EndedBy.UNKNOWN, Fault.UNKNOWN),
    rule("JS_FAILED", EndedReason.AGENT_ERROR, Outcome.FAILED, EndedBy.PLATFORM, Fault.OURS),
)
