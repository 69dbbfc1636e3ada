"""ElevenLabs' three ways to say why: free text after a call, a failure to call, and the status."""

from __future__ import annotations

from dashboard.calls.vocabulary import EndedBy, EndedReason, Fault, Outcome, Status
from dashboard.ingest.platforms.reasons.rule import rule, word

STATUSES = {
    "initiated": Status.QUEUED,
    "in-progress": Status.IN_PROGRESS,
    "processing": Status.ENDED,
    "done": Status.ENDED,
    "failed": Status.ENDED,
}

# `metadata.termination_reason` is prose; what a call ended with counts more than who then hung up.
TERMINATION = (
    word("disconnected", EndedReason.CALLER_HANGUP, Outcome.COMPLETED, EndedBy.CALLER, Fault.NONE),
    word("voicemail", EndedReason.VOICEMAIL, Outcome.VOICEMAIL, EndedBy.AGENT, Fault.NONE),
    word("silence|inactivity", EndedReason.SILENCE_TIMEOUT, Outcome.TIMED_OUT, EndedBy.SYSTEM, Fault.NONE),
    word(
        "max.*duration|duration.*max",
        EndedReason.MAX_DURATION,
        Outcome.TIMED_OUT,
        EndedBy.SYSTEM,
        Fault.NONE,
    ),
    word("error", EndedReason.PLATFORM_ERROR, Outcome.FAILED, EndedBy.PLATFORM, Fault.PLATFORM),
    word("transfer", EndedReason.TRANSFERRED, Outcome.TRANSFERRED, EndedBy.AGENT, Fault.NONE),
    word("remote party", EndedReason.CALLER_HANGUP, Outcome.COMPLETED, EndedBy.CALLER, Fault.NONE),
    word("end_call|agent", EndedReason.AGENT_HANGUP, Outcome.COMPLETED, EndedBy.AGENT, Fault.NONE),
)

# `failure_reason` of a call that never began.
FAILURE = (
    rule("busy", EndedReason.BUSY, Outcome.BUSY, EndedBy.CALLEE, Fault.NONE),
    rule("no-answer", EndedReason.NO_ANSWER, Outcome.NO_ANSWER, EndedBy.CALLEE, Fault.NONE),
    rule("unknown", EndedReason.TELEPHONY_ERROR, Outcome.FAILED, EndedBy.CARRIER, Fault.TELEPHONY),
)

# `status`, or the mere presence of `metadata.error`: an error's own words are free text.
FAILED = (rule(".*", EndedReason.PLATFORM_ERROR, Outcome.FAILED, EndedBy.PLATFORM, Fault.PLATFORM),)
