"""The platforms' words for where a call is and why it ended, put into ours."""

from collections.abc import Mapping, Sequence

from dashboard.calls.vocabulary import Platform, Status
from dashboard.ingest.platforms.reasons import elevenlabs, livekit, retell, twilio, vapi
from dashboard.ingest.platforms.reasons.rule import Rule, ending_by
from dashboard.ingest.reports import Ending

RULES: Mapping[Platform, Sequence[Rule]] = {
    Platform.VAPI: vapi.RULES,
    Platform.RETELL: retell.RULES,
    Platform.TWILIO: twilio.RULES,
    Platform.ELEVENLABS: elevenlabs.TERMINATION,
    Platform.LIVEKIT: livekit.RULES,
}
STATUSES: Mapping[Platform, Mapping[str, Status]] = {
    Platform.VAPI: vapi.STATUSES,
    Platform.RETELL: retell.STATUSES,
    Platform.TWILIO: twilio.STATUSES,
    Platform.ELEVENLABS: elevenlabs.STATUSES,
    Platform.LIVEKIT: livekit.STATUSES,
}


def ending(platform: Platform, raw: str) -> Ending:
    """Return what a platform's ended reason means; for ElevenLabs its termination reason."""
    return ending_by(RULES[platform], raw)


def status(platform: Platform, word: object) -> Status | None:
    """Return where a call is by the platform's word for it, or None for a word that we do not know."""
    return STATUSES[platform].get(word) if isinstance(word, str) else None
