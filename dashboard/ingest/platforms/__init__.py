"""The voice platforms whose webhooks we understand, by the name in the address."""

from collections.abc import Mapping

from dashboard.ingest.platforms.base import Platform
from dashboard.ingest.platforms.elevenlabs import ELEVENLABS
from dashboard.ingest.platforms.livekit import LIVEKIT
from dashboard.ingest.platforms.retell import RETELL
from dashboard.ingest.platforms.twilio import TWILIO
from dashboard.ingest.platforms.vapi import VAPI

PLATFORMS: Mapping[str, Platform] = {
    "vapi": VAPI,
    "retell": RETELL,
    "twilio": TWILIO,
    "elevenlabs": ELEVENLABS,
    "livekit": LIVEKIT,
}
