"""Retell's `disconnection_reason` and `call_status`.

Their values: RetellAI/retell-typescript-sdk:src/resources/call.ts.
"""

from __future__ import annotations

from dashboard.calls.vocabulary import EndedBy, EndedReason, Fault, Outcome, Status
from dashboard.ingest.platforms.reasons.rule import rule

STATUSES = {
    "registered": Status.QUEUED,
    "not_connected": Status.ENDED,
    "ongoing": Status.IN_PROGRESS,
    "ended": Status.ENDED,
    "error": Status.ENDED,
}

RULES = (
    rule("user_hangup", EndedReason.CALLER_HANGUP, Outcome.COMPLETED, EndedBy.CALLER, Fault.NONE),
    rule("agent_hangup", EndedReason.AGENT_HANGUP, Outcome.COMPLETED, EndedBy.AGENT, Fault.NONE),
    rule(
        "call_transfer|transfer_bridged",
        EndedReason.TRANSFERRED,
        Outcome.TRANSFERRED,
        EndedBy.AGENT,
        Fault.NONE,
    ),
    rule(
        "transfer_cancelled", EndedReason.TRANSFER_FAILED, Outcome.TRANSFER_FAILED, EndedBy.SYSTEM, Fault.NONE
    ),
    rule("call_take_over", EndedReason.HUMAN_TAKEOVER, Outcome.TRANSFERRED, EndedBy.OPERATOR, Fault.NONE),
    rule("manual_stopped", EndedReason.CANCELED, Outcome.CANCELED, EndedBy.OPERATOR, Fault.NONE),
    rule("voicemail_reached", EndedReason.VOICEMAIL, Outcome.VOICEMAIL, EndedBy.AGENT, Fault.NONE),
    rule("ivr_reached", EndedReason.IVR_REACHED, Outcome.VOICEMAIL, EndedBy.AGENT, Fault.NONE),
    rule("inactivity", EndedReason.SILENCE_TIMEOUT, Outcome.TIMED_OUT, EndedBy.SYSTEM, Fault.NONE),
    rule("max_duration_reached", EndedReason.MAX_DURATION, Outcome.TIMED_OUT, EndedBy.SYSTEM, Fault.NONE),
    rule(
        "concurrency_limit_reached|no_concurrency_fallback|no_valid_payment",
        EndedReason.BILLING_OR_LIMIT,
        Outcome.FAILED,
        EndedBy.PLATFORM,
        Fault.CONFIG,
    ),
    rule(
        "scam_detected|marked_as_spam",
        EndedReason.BLOCKED_SPAM,
        Outcome.REJECTED,
        EndedBy.PLATFORM,
        Fault.NONE,
    ),
    rule("dial_busy", EndedReason.BUSY, Outcome.BUSY, EndedBy.CALLEE, Fault.NONE),
    rule("dial_no_answer", EndedReason.NO_ANSWER, Outcome.NO_ANSWER, EndedBy.CALLEE, Fault.NONE),
    rule("user_declined", EndedReason.DECLINED, Outcome.REJECTED, EndedBy.CALLEE, Fault.NONE),
    rule("invalid_destination", EndedReason.INVALID_NUMBER, Outcome.FAILED, EndedBy.CARRIER, Fault.NONE),
    rule(
        "dial_failed|telephony_provider_.*|sip_routing_error",
        EndedReason.TELEPHONY_ERROR,
        Outcome.FAILED,
        EndedBy.CARRIER,
        Fault.TELEPHONY,
    ),
    rule("error_llm_websocket_.*", EndedReason.LLM_ERROR, Outcome.FAILED, EndedBy.PLATFORM, Fault.OURS),
    rule("error_no_audio_received", EndedReason.NO_AUDIO, Outcome.FAILED, EndedBy.SYSTEM, Fault.TELEPHONY),
    rule("error_asr", EndedReason.STT_ERROR, Outcome.FAILED, EndedBy.PLATFORM, Fault.STT),
    rule("error_retell", EndedReason.PLATFORM_ERROR, Outcome.FAILED, EndedBy.PLATFORM, Fault.PLATFORM),
    rule(
        "error_user_not_joined|registered_call_timeout",
        EndedReason.NO_ANSWER,
        Outcome.NO_ANSWER,
        EndedBy.SYSTEM,
        Fault.NONE,
    ),
    rule("error_unknown", EndedReason.UNKNOWN, Outcome.FAILED, EndedBy.UNKNOWN, Fault.UNKNOWN),
)
