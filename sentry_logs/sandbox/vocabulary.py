"""The words of the demo's calls: businesses, agents, endings and what is logged."""

from __future__ import annotations

from dataclasses import dataclass

PLATFORMS = ("vapi", "retell", "twilio", "elevenlabs", "livekit")
LINES = (
    ("Riverside Dental", "+442079460110"),
    ("Harbour Hotel", "+441614960120"),
    ("Elm Street Surgery", "+441314960130"),
    ("Northgate Vets", "+442079460140"),
    ("Kestrel Plumbing", "+441614960150"),
    ("Lumen Optics", "+441314960160"),
)
AGENTS = (("Front desk", "2.3.1"), ("Front desk", "2.3.0"), ("Bookings", "1.9.4"), ("After hours", "1.2.0"))
CALLER_RANGES = ("+447700900", "+442079460", "+441614960", "+441314960", "+12125550")
AWKWARD_IDS = (
    "front desk {n}",
    'call "{n}" again',
    "star*{n}*",
    "[room] {n}",
    "lobby,{n},2",
    "sip:{n}@pbx:5060",
    "café-☎️-{n} 🙂",
    "this OR that {n}",
    "(kept) {n}",
    "it's {n} && more",
)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended: the normalised words, and each platform's own, in the order of PLATFORMS."""

    outcome: str
    ended_by: str
    reason: str
    fault: str
    raw: tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a story: when (share of the call, or seconds after its end), level and words.

    `fault` names the exception in FAULTS; without it the words are a logged message.
    """

    at: float
    level: str
    logger: str
    text: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A kind of call: how many of a thousand, how it ends, how long it takes, what it logs."""

    weight: int
    ending: Ending
    seconds: tuple[int, int]
    lines: tuple[Line, ...] = ()
    answered: bool = True


CALLER = Ending(
    "completed",
    "caller",
    "caller_hangup",
    "none",
    (
        "customer-ended-call",
        "user_hangup",
        "completed",
        "Call disconnected by the caller",
        "CLIENT_INITIATED",
    ),
)
AGENT = Ending(
    "completed",
    "agent",
    "agent_hangup",
    "none",
    ("assistant-ended-call", "agent_hangup", "completed", "end_call tool was called", "ROOM_DELETED"),
)
TRANSFERRED = Ending(
    "transferred",
    "agent",
    "transferred",
    "none",
    ("assistant-forwarded-call", "call_transfer", "completed", "transfer to a person", "PARTICIPANT_REMOVED"),
)
TRANSFER_FAILED = Ending(
    "transfer_failed",
    "system",
    "transfer_failed",
    "telephony",
    (
        "call.in-progress.error-transfer-failed",
        "transfer_cancelled",
        "failed",
        "transfer failed",
        "SIP_TRUNK_FAILURE",
    ),
)
VOICEMAIL = Ending(
    "voicemail",
    "agent",
    "voicemail",
    "none",
    ("voicemail", "voicemail_reached", "completed", "voicemail detected", "CLIENT_INITIATED"),
)
NO_ANSWER = Ending(
    "no_answer",
    "callee",
    "no_answer",
    "none",
    ("customer-did-not-answer", "dial_no_answer", "no-answer", "no-answer", "USER_UNAVAILABLE"),
)
BUSY = Ending(
    "busy", "callee", "busy", "none", ("customer-busy", "dial_busy", "busy", "busy", "USER_REJECTED")
)
ABANDONED = Ending(
    "abandoned",
    "caller",
    "caller_hangup_before_answer",
    "none",
    (
        "call.ringing.sip-inbound-caller-hungup-before-call-connect",
        "user_hangup",
        "canceled",
        "disconnected before greeting",
        "CLIENT_INITIATED",
    ),
)
SILENCE = Ending(
    "timed_out",
    "system",
    "silence_timeout",
    "none",
    ("silence-timed-out", "inactivity", "completed", "silence timeout", "ROOM_CLOSED"),
)
SPEECH_FAILED = Ending(
    "failed",
    "system",
    "tts_error",
    "tts",
    (
        "call.in-progress.error-providerfault-eleven-labs-500-server-error",
        "error_retell",
        "failed",
        "error: speech provider",
        "AGENT_ERROR",
    ),
)
MODEL_SILENT = Ending(
    "timed_out",
    "system",
    "silence_timeout",
    "llm",
    ("silence-timed-out", "inactivity", "completed", "silence timeout", "ROOM_CLOSED"),
)
CRASHED = Ending(
    "failed",
    "system",
    "agent_error",
    "ours",
    ("worker-shutdown", "error_llm_websocket_lost_connection", "failed", "agent error", "JS_FAILED"),
)

GREETING = (
    Line(0.01, "info", "telephony.inbound", "Call from {caller} offered by {platform}, room reserved"),
    Line(0.02, "info", "agent.session", "Agent {agent} joined, language en-GB"),
    Line(0.05, "info", "agent.turn", "Greeting spoken in 1.{digit} s"),
    Line(0.2, "debug", "agent.nlu", "Caller intent: {intent} (0.9{digit})"),
)
BOOKED = (
    *GREETING,
    Line(0.3, "info", "tools.calendar", "Tool find_appointment called"),
    Line(0.6, "info", "tools.calendar", "Appointment moved to Thu 10:20"),
)
RECORDING = Line(-3.0, "info", "media.recording", "Recording stored, {seconds} s")
SPEECH_WARNING = Line(0.62, "warning", "agent.speech", "Speech provider answered 503, trying again in 0.5 s")
SPEECH_ERROR = Line(0.64, "error", "agent.speech", "TTS request failed after 3 tries (503)", "speech")

STORIES = {
    "quiet caller": Story(190, CALLER, (45, 260)),
    "booked": Story(140, CALLER, (70, 420), (*BOOKED, RECORDING)),
    "goodbye": Story(170, AGENT, (40, 240), (*GREETING, RECORDING)),
    "transferred": Story(
        110,
        TRANSFERRED,
        (30, 150),
        (*GREETING, Line(0.9, "info", "telephony.transfer", "Transfer to front desk")),
    ),
    "voicemail": Story(
        50, VOICEMAIL, (20, 70), (Line(0.9, "info", "media.voicemail", "Voicemail stored, 41 s"),)
    ),
    "no answer": Story(40, NO_ANSWER, (20, 45), answered=False),
    "busy": Story(15, BUSY, (3, 12), answered=False),
    "abandoned": Story(35, ABANDONED, (4, 20), answered=False),
    "silence": Story(30, SILENCE, (60, 180), GREETING),
    "slow turn": Story(
        40,
        CALLER,
        (80, 320),
        (*GREETING, Line(0.5, "warning", "agent.turn", "Slow turn: 6.{digit} s until first word")),
    ),
    "slow tool": Story(
        35,
        CALLER,
        (80, 320),
        (*BOOKED, Line(0.4, "warning", "tools.calendar", "Tool find_appointment slow: 6.{digit} s")),
    ),
    "old tool": Story(
        10,
        AGENT,
        (50, 200),
        (*GREETING, Line(0.4, "warning", "tools.registry", "Deprecated tool name book_slot")),
    ),
    "unsure": Story(
        15,
        TRANSFERRED,
        (60, 240),
        (*GREETING, Line(0.5, "warning", "agent.nlu", "Low confidence: caller said {intent} (0.4{digit})")),
    ),
    "speech down": Story(
        25,
        SPEECH_FAILED,
        (90, 400),
        (
            *GREETING,
            SPEECH_WARNING,
            SPEECH_ERROR,
            Line(0.65, "error", "agent.turn", "nothing to say, turn dropped", "turn"),
            Line(0.66, "info", "agent.speech", "Fallback voice selected"),
            Line(0.97, "error", "agent.speech", "TTS request failed after 3 tries (503)", "speech"),
        ),
    ),
    "crashed": Story(
        12,
        CRASHED,
        (60, 300),
        (
            *GREETING,
            SPEECH_ERROR,
            Line(-0.3, "fatal", "agent.worker", "agent process ended with signal 9", "crash"),
        ),
    ),
    "calendar timeout": Story(
        25,
        CALLER,
        (90, 360),
        (
            *BOOKED,
            Line(0.45, "error", "tools.calendar", "no answer from the booking service in 8 s", "calendar"),
            Line(0.46, "info", "tools.calendar", "Retry 1 of 2: move_appointment"),
        ),
    ),
    "transfer error": Story(
        18,
        TRANSFER_FAILED,
        (60, 220),
        (
            *GREETING,
            Line(0.85, "info", "telephony.transfer", "Transfer to front desk"),
            Line(0.9, "error", "telephony.transfer", "target leg rejected with 486", "transfer"),
        ),
    ),
    "key error": Story(
        15, CALLER, (50, 200), (*GREETING, Line(0.4, "error", "tools.booking", "'slot_id'", "key"))
    ),
    "webhook refused": Story(
        15,
        AGENT,
        (60, 260),
        (*BOOKED, Line(-4.0, "error", "webhooks.crm", "CRM update refused (401)", "webhook")),
    ),
    "model limited": Story(
        10,
        MODEL_SILENT,
        (90, 260),
        (
            *GREETING,
            Line(0.5, "error", "agent.model", "429 from model gateway", "model"),
            Line(0.7, "error", "agent.model", "429 from model gateway", "model"),
        ),
    ),
}
INTENTS = (
    "move an appointment",
    "ask for opening hours",
    "cancel a booking",
    "speak to a person",
    "ask a price",
)
