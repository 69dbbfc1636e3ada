"""The words every platform's calls are put into; labels are what support staff read."""

from __future__ import annotations

from django.db.models import TextChoices


class Platform(TextChoices):
    VAPI = "vapi", "Vapi"
    RETELL = "retell", "Retell"
    TWILIO = "twilio", "Twilio"
    ELEVENLABS = "elevenlabs", "ElevenLabs"
    LIVEKIT = "livekit", "LiveKit"
    OTHER = "other", "Other"


class Direction(TextChoices):
    INBOUND = "inbound", "Inbound"
    OUTBOUND = "outbound", "Outbound"


class Status(TextChoices):
    SCHEDULED = "scheduled", "Scheduled"
    QUEUED = "queued", "Queued"
    RINGING = "ringing", "Ringing"
    IN_PROGRESS = "in_progress", "In progress"
    TRANSFERRING = "transferring", "Being transferred"
    ENDED = "ended", "Ended"


class Outcome(TextChoices):
    COMPLETED = "completed", "Completed"
    TRANSFERRED = "transferred", "Transferred"
    TRANSFER_FAILED = "transfer_failed", "Transfer failed"
    VOICEMAIL = "voicemail", "Voicemail"
    NO_ANSWER = "no_answer", "No answer"
    BUSY = "busy", "Busy"
    REJECTED = "rejected", "Rejected"
    CANCELED = "canceled", "Cancelled"
    ABANDONED = "abandoned", "Abandoned"
    TIMED_OUT = "timed_out", "Timed out"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown"


BAD_OUTCOMES = frozenset({Outcome.FAILED, Outcome.TRANSFER_FAILED})


class EndedBy(TextChoices):
    CALLER = "caller", "Caller"
    CALLEE = "callee", "Called person"
    AGENT = "agent", "Agent"
    OPERATOR = "operator", "Operator"
    CARRIER = "carrier", "Phone network"
    PLATFORM = "platform", "Voice platform"
    SYSTEM = "system", "System"
    UNKNOWN = "unknown", "Unknown"


class Fault(TextChoices):
    NONE = "none", "No fault"
    OURS = "ours", "Our software"
    CONFIG = "config", "Configuration"
    PLATFORM = "platform", "Voice platform"
    LLM = "llm", "Language model"
    TTS = "tts", "Speech provider"
    STT = "stt", "Speech recognition"
    TELEPHONY = "telephony", "Phone network"
    CALLER = "caller", "Caller"
    UNKNOWN = "unknown", "Unknown"


class EndedReason(TextChoices):
    CALLER_HANGUP = "caller_hangup", "caller hung up"
    CALLER_HANGUP_BEFORE_ANSWER = "caller_hangup_before_answer", "caller left before greeting"
    CALLER_HANGUP_DURING_TRANSFER = "caller_hangup_during_transfer", "caller hung up during transfer"
    AGENT_HANGUP = "agent_hangup", "agent said goodbye"
    TRANSFERRED = "transferred", "passed to a person"
    TRANSFER_FAILED = "transfer_failed", "not passed on"
    HUMAN_TAKEOVER = "human_takeover", "a person took over"
    VOICEMAIL = "voicemail", "voicemail answered"
    IVR_REACHED = "ivr_reached", "a phone menu answered"
    SILENCE_TIMEOUT = "silence_timeout", "silence for too long"
    MAX_DURATION = "max_duration", "longest length reached"
    NO_ANSWER = "no_answer", "rang out"
    BUSY = "busy", "line was busy"
    DECLINED = "declined", "call was declined"
    INVALID_NUMBER = "invalid_number", "number is not valid"
    NO_AUDIO = "no_audio", "no sound from the caller"
    CONNECTION_LOST = "connection_lost", "connection lost"
    CARRIER_ENDED = "carrier_ended", "ended by the phone network"
    TELEPHONY_ERROR = "telephony_error", "phone network error"
    LLM_ERROR = "llm_error", "language model error"
    TTS_ERROR = "tts_error", "speech provider error"
    STT_ERROR = "stt_error", "speech recognition error"
    AGENT_ERROR = "agent_error", "agent software error"
    PLATFORM_ERROR = "platform_error", "voice platform error"
    CONFIG_ERROR = "config_error", "configuration error"
    BILLING_OR_LIMIT = "billing_or_limit", "account limit or billing"
    BLOCKED_SPAM = "blocked_spam", "blocked as spam"
    CANCELED = "canceled", "call was cancelled"
    NO_END_EVENT = "no_end_event", "no end event received"
    UNKNOWN = "unknown", "reason not known"
