"""Whose part it was, by the words in the title of a Sentry event."""

from __future__ import annotations

import re
from typing import NamedTuple

from dashboard.calls.vocabulary import Fault

NAMED = (
    (
        Fault.CONFIG,
        r"ImproperlyConfigured|invalid[ _]api[ _]key|api key|credential|quota|billing|unauthori[sz]ed"
        r"|not configured",
    ),
    (Fault.TTS, r"elevenlabs|cartesia|play\.?ht|rime|text[ -]to[ -]speech|\btts\b|synthesi[sz]"),
    (
        Fault.STT,
        r"deepgram|assembly\.?ai|gladia|speechmatics|whisper|speech[ -]to[ -]text|\bstt\b|\basr\b"
        r"|transcriber",
    ),
    (
        Fault.LLM,
        r"openai|anthropic|claude|gemini|mistral|groq|\bllm\b|completion|context length|\bmodel overloaded",
    ),
    (Fault.TELEPHONY, r"twilio|telnyx|vonage|plivo|\bsip\b|\bpstn\b|\bcarrier\b"),
    (Fault.PLATFORM, r"\bvapi\b|\bretell\b|livekit"),
)
_PATTERNS = tuple((fault, re.compile(words, re.IGNORECASE)) for fault, words in NAMED)


class Named(NamedTuple):
    """A part, and the word of the title that stands for it."""

    part: Fault
    word: str


def named_in(title: str) -> Named | None:
    """Return the part that a title names, or None: then it is an error of our own application."""
    for part, pattern in _PATTERNS:
        if found := pattern.search(title):
            return Named(part, found.group())
    return None
