"""The sentences of a verdict: facts of the language, no rules."""

from __future__ import annotations

from dashboard.calls.vocabulary import Fault, Outcome

WHAT = {
    Outcome.COMPLETED: "The call was completed",
    Outcome.TRANSFERRED: "The call was passed to a person",
    Outcome.TRANSFER_FAILED: "The caller could not be passed to a person",
    Outcome.VOICEMAIL: "Voicemail answered the call",
    Outcome.NO_ANSWER: "Nobody answered the call",
    Outcome.BUSY: "The line was busy",
    Outcome.REJECTED: "The call was declined",
    Outcome.CANCELED: "The call was cancelled",
    Outcome.ABANDONED: "The caller left early",
    Outcome.TIMED_OUT: "The call was cut off",
    Outcome.FAILED: "The call failed",
    Outcome.UNKNOWN: "How the call ended is not known",
}

WHOSE = {
    Fault.NONE: "Nobody’s: nothing broke",
    Fault.OURS: "Ours: our own software",
    Fault.CONFIG: "Ours: a setting or an account",
    Fault.PLATFORM: "The voice platform’s",
    Fault.LLM: "The language model’s",
    Fault.TTS: "The speech provider’s",
    Fault.STT: "The speech recognition’s",
    Fault.TELEPHONY: "The phone network’s",
    Fault.CALLER: "The caller’s own choice",
    Fault.UNKNOWN: "Not clear",
}

_PASSES = "Usually passes by itself: ask the customer to call again. If other calls have it, tell your lead."

NEXT = {
    Fault.NONE: "Nothing needs doing.",
    Fault.OURS: "Give it to the engineers, and call the customer back if they still wait.",
    Fault.CONFIG: "Tell an administrator now: it will hit other calls too, until the setting is put right.",
    Fault.PLATFORM: "See whether other calls have it. If so, tell your lead, and look at its status page.",
    Fault.LLM: _PASSES,
    Fault.TTS: _PASSES,
    Fault.STT: "Ask the customer to call again from a quieter place. If other calls have it, tell your lead.",
    Fault.TELEPHONY: "Call the customer back. If other calls have it, the phone provider needs to know.",
    Fault.CALLER: "Nothing is broken. Call back if your team does that.",
    Fault.UNKNOWN: "Read the log and the conversation; if they do not say it, give the call to your lead.",
}

WAIT = "Wait for Sentry’s answer before you say that nothing broke."
