"""Vapi's `endedReason` and `call.status`.

Their values: VapiAI/server-sdk-python:src/vapi/types/call_ended_reason.py, and what its prefixes mean:
VapiAI/docs:fern/calls/call-ended-reason.mdx.
"""

from __future__ import annotations

from dashboard.calls.vocabulary import EndedBy, EndedReason, Fault, Outcome, Status
from dashboard.ingest.platforms.reasons.rule import rule

STATUSES = {
    "scheduled": Status.SCHEDULED,
    "queued": Status.QUEUED,
    "ringing": Status.RINGING,
    "in-progress": Status.IN_PROGRESS,
    "forwarding": Status.TRANSFERRING,
    "ended": Status.ENDED,
    "not-found": Status.ENDED,
    "deletion-failed": Status.ENDED,
}

RULES = (
    rule("customer-ended-call", EndedReason.CALLER_HANGUP, Outcome.COMPLETED, EndedBy.CALLER, Fault.NONE),
    rule(
        "customer-ended-call-(before|during|after)-.*",
        EndedReason.CALLER_HANGUP_DURING_TRANSFER,
        Outcome.ABANDONED,
        EndedBy.CALLER,
        Fault.NONE,
    ),
    rule(
        r"call\.ringing\.sip-inbound-caller-hungup-before-call-connect",
        EndedReason.CALLER_HANGUP_BEFORE_ANSWER,
        Outcome.ABANDONED,
        EndedBy.CALLER,
        Fault.NONE,
    ),
    rule(
        "assistant-(ended-call|said-end-call-phrase).*",
        EndedReason.AGENT_HANGUP,
        Outcome.COMPLETED,
        EndedBy.AGENT,
        Fault.NONE,
    ),
    rule(
        r"assistant-forwarded-call|call\.(ringing|ending)\.hook-executed-transfer|assistant-request-returned-forwarding-phone-number",
        EndedReason.TRANSFERRED,
        Outcome.TRANSFERRED,
        EndedBy.AGENT,
        Fault.NONE,
    ),
    rule(
        r"call\.(ringing|ending)\.hook-executed-say",
        EndedReason.AGENT_HANGUP,
        Outcome.COMPLETED,
        EndedBy.AGENT,
        Fault.NONE,
    ),
    rule("hangup", EndedReason.CALLER_HANGUP, Outcome.COMPLETED, EndedBy.CALLER, Fault.NONE),
    rule("voicemail", EndedReason.VOICEMAIL, Outcome.VOICEMAIL, EndedBy.AGENT, Fault.NONE),
    rule("silence-timed-out", EndedReason.SILENCE_TIMEOUT, Outcome.TIMED_OUT, EndedBy.SYSTEM, Fault.NONE),
    rule("exceeded-max-duration", EndedReason.MAX_DURATION, Outcome.TIMED_OUT, EndedBy.SYSTEM, Fault.NONE),
    rule("customer-did-not-answer", EndedReason.NO_ANSWER, Outcome.NO_ANSWER, EndedBy.CALLEE, Fault.NONE),
    rule("customer-busy", EndedReason.BUSY, Outcome.BUSY, EndedBy.CALLEE, Fault.NONE),
    rule(
        "customer-did-not-give-microphone-permission",
        EndedReason.NO_AUDIO,
        Outcome.FAILED,
        EndedBy.CALLER,
        Fault.NONE,
    ),
    rule(
        r"call\.in-progress\.error-assistant-did-not-receive-customer-audio",
        EndedReason.NO_AUDIO,
        Outcome.FAILED,
        EndedBy.SYSTEM,
        Fault.TELEPHONY,
    ),
    rule(
        "manually-canceled|scheduled-call-deleted|call-deleted",
        EndedReason.CANCELED,
        Outcome.CANCELED,
        EndedBy.OPERATOR,
        Fault.NONE,
    ),
    rule(
        r"call\.forwarding\.operator-busy",
        EndedReason.TRANSFER_FAILED,
        Outcome.TRANSFER_FAILED,
        EndedBy.CALLEE,
        Fault.NONE,
    ),
    rule(
        r"call\.in-progress\.error-(transfer-failed|warm-transfer-.*)",
        EndedReason.TRANSFER_FAILED,
        Outcome.TRANSFER_FAILED,
        EndedBy.SYSTEM,
        Fault.TELEPHONY,
    ),
    rule(
        r"call\.in-progress\.(twilio|sip)-completed-call|vonage-completed",
        EndedReason.CARRIER_ENDED,
        Outcome.COMPLETED,
        EndedBy.CARRIER,
        Fault.NONE,
    ),
    rule(
        r"phone-call-provider-.*|vonage-.*|twilio-failed-to-connect-call|call\.in-progress\.error-providerfault-(transport-never-connected|outbound-sip-.*)|call\.(in-progress|ringing)\.error-sip-.*",
        EndedReason.TELEPHONY_ERROR,
        Outcome.FAILED,
        EndedBy.CARRIER,
        Fault.TELEPHONY,
    ),
    rule(
        "twilio-reported-customer-misdialed",
        EndedReason.INVALID_NUMBER,
        Outcome.FAILED,
        EndedBy.CARRIER,
        Fault.NONE,
    ),
    rule(
        r"call\.start\.error-(subscription-.*|enterprise-feature-.*|vapi-number-.*|fraud-check-failed)",
        EndedReason.BILLING_OR_LIMIT,
        Outcome.FAILED,
        EndedBy.PLATFORM,
        Fault.CONFIG,
    ),
    rule(
        r"call\.start\.error-vapifault-.*",
        EndedReason.PLATFORM_ERROR,
        Outcome.FAILED,
        EndedBy.PLATFORM,
        Fault.PLATFORM,
    ),
    rule(
        r"call\.start\.error-.*|call-start-error-.*|call\.start\.(assistant|squad)-version-error-.*|call\.in-progress\.error-configfault-.*|assistant-not-(valid|found)|assistant-request-.*|assistant-join-timed-out",
        EndedReason.CONFIG_ERROR,
        Outcome.FAILED,
        EndedBy.PLATFORM,
        Fault.CONFIG,
    ),
    rule(
        r"worker-shutdown|call\.in-progress\.error-vapifault-(worker-.*|transport-.*|call-started-.*|chat-pipeline-.*)",
        EndedReason.PLATFORM_ERROR,
        Outcome.FAILED,
        EndedBy.PLATFORM,
        Fault.PLATFORM,
    ),
    rule(
        r"pipeline-error-tavus-video-failed|call\.in-progress\.error-(vapifault|providerfault)-tavus-video-failed",
        EndedReason.PLATFORM_ERROR,
        Outcome.FAILED,
        EndedBy.PLATFORM,
        Fault.PLATFORM,
    ),
    rule(
        ".*(transcriber|deepgram-(return|tran)|assembly-ai|gladia|speechmatics|talkscriber|azure-speech|soniox).*",
        EndedReason.STT_ERROR,
        Outcome.FAILED,
        EndedBy.PLATFORM,
        Fault.STT,
    ),
    rule(
        ".*(voice|eleven-labs|11labs|cartesia|playht|play-ht|rime|smallest|neuphonic|hume|sesame|inworld|wellsaid|lmnt|character|emotion).*",
        EndedReason.TTS_ERROR,
        Outcome.FAILED,
        EndedBy.PLATFORM,
        Fault.TTS,
    ),
    rule(
        ".*(llm|no-available|ws-model|bad-request|unauthorized|model-access|exceeded-quota|rate-limit|server-error|overloaded|incorrect-api-key|account-not-in|gateway-error).*",
        EndedReason.LLM_ERROR,
        Outcome.FAILED,
        EndedBy.PLATFORM,
        Fault.LLM,
    ),
    rule("unknown", EndedReason.UNKNOWN, Outcome.UNKNOWN, EndedBy.UNKNOWN, Fault.UNKNOWN),
    rule(
        ".*(error|fault|failed).*",
        EndedReason.PLATFORM_ERROR,
        Outcome.FAILED,
        EndedBy.PLATFORM,
        Fault.PLATFORM,
    ),
)
