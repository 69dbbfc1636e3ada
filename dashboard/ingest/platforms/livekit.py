"""LiveKit's webhooks: a call is a room, in which a person on the phone meets an agent.

Names and values: livekit/protocol:protobufs/livekit_webhook.proto, livekit_models.proto, livekit_agent.proto,
livekit_egress.proto, and livekit/attrs.go for the `sip.` attributes; the signature: webhook/url_notifier.go
and auth/verifier.go. In JSON of proto3 64-bit integers are text, and a field of value zero is left out. Times
are seconds (`...Ms`: milliseconds), those of jobs and recordings nanoseconds.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from dashboard.calls.vocabulary import Direction, Status
from dashboard.calls.vocabulary import Platform as PlatformName
from dashboard.ingest.platforms import reading, reasons, signing
from dashboard.ingest.platforms.aliases import MOST, alias, aliases_in
from dashboard.ingest.platforms.base import Incoming, Reading, Secret, Unreadable
from dashboard.ingest.platforms.conversation import json_or_text
from dashboard.ingest.platforms.jwt import verified_claims
from dashboard.ingest.platforms.reading import LONGEST, Json
from dashboard.ingest.reports import FINAL, GUESS, SAID, Alias, Report

LONGEST_EVENT = 100
LONGEST_ERROR = 2000
SIP_STATUSES = {
    "dialing": Status.RINGING,
    "ringing": Status.RINGING,
    "automation": Status.IN_PROGRESS,  # Answered by a machine that is told digits.
    "active": Status.IN_PROGRESS,
    "hangup": Status.ENDED,
}
SIP_IDS = {
    "sip.callID": "sip_call_id",
    "sip.callIDFull": "sip_call_id",
    "sip.twilio.callSid": "twilio_call_sid",
    "sip.telnyx.callLegID": "telnyx_call_leg_id",
    "sip.telnyx.callSessionID": "telnyx_call_session_id",
    "sip.amazon.contactId": "amazon_contact_id",
}
PHONES = frozenset(["SIP", "CONNECTOR"])
THEIR_ATTRIBUTES = ("sip.", "lk.")

# A header that is an id: no name, no sentence, no address in angle brackets.
_ID = re.compile(r"(?=.*[0-9])[A-Za-z0-9._:@+/=-]{8,200}")


class LiveKit:
    name = PlatformName.LIVEKIT
    content_types = frozenset(["application/webhook+json", "application/json"])

    def verify(self, incoming: Incoming, secret: Secret) -> None:
        """Check the token in `Authorization`, without "Bearer", and that it was made for this body."""
        claims = verified_claims(signing.header(incoming, "authorization"), secret, incoming.now)
        digest = base64.b64encode(hashlib.sha256(incoming.body).digest()).decode()
        claimed = claims.get("sha256")
        signing.require_same(claimed if isinstance(claimed, str) else "", digest)

    def read(self, incoming: Incoming, environment: str) -> Reading:
        body = reading.parse(incoming.body)
        event = reading.text(body.get("event"), LONGEST_EVENT)
        if event is None:
            raise Unreadable("There is no event.")
        key = reading.identifier(body.get("id")) or reading.body_key(event, None, incoming.body)
        happened = reading.instant(body.get("createdAt"))
        call_id = _call_id(body)
        if event not in FACTS or (call_id is None and event == "egress_ended"):
            # A recording without a room is one of a web page.
            return Reading(event, key, happened, is_known_type=event in FACTS or event in SILENT)
        if call_id is None:
            raise Unreadable("There is no room.")
        facts = _room(body) | FACTS[event](body, happened)
        report = Report(
            platform=self.name,
            platform_call_id=call_id,
            environment=environment,
            at=happened or incoming.now,
            rank=RANKS[event],
            sureness=ROOM_SURENESS | facts.pop("sureness", {}),
            aliases=frozenset(one for one in _aliases(body) if one.value != call_id),
            **facts,
        )
        return Reading(event, key, happened, reports=[report])

    def kept(self, body: bytes) -> bytes:
        return body


LIVEKIT = LiveKit()


def _call_id(body: Json) -> str | None:
    return (
        reading.identifier(_room_of(body).get("name"))
        or reading.identifier(reading.at(body, "egressInfo", "roomName"))
        or reading.identifier(_attributes(body).get("sip.callID"))
    )


def _room_of(body: Json) -> Json:
    return reading.mapping(body.get("room")) or reading.mapping(reading.at(body, "job", "room"))


def _attributes(body: Json) -> Json:
    return reading.mapping(reading.at(body, "participant", "attributes"))


def _attached(owner: Any) -> Json:
    """Return what was attached to a room, a job or a person: JSON as text, or any text."""
    found = json_or_text(reading.at(owner, "metadata"))
    if isinstance(found, dict):
        return found
    return {"metadata": found} if found else {}


def _room(body: Json) -> Json:
    """Tell what every event tells. A room may be older than its call, so that its time is a guess."""
    room = _room_of(body)
    return {"started_at": _moment(room, "creationTime"), "metadata": _attached(room) or None}


ROOM_SURENESS = {"started_at": GUESS, "metadata": GUESS}


def _moment(owner: Any, name: str) -> datetime | None:
    return reading.instant(reading.at(owner, f"{name}Ms")) or reading.instant(reading.at(owner, name))


def _room_started(body: Json, happened: datetime | None) -> Json:
    return {"status": Status.RINGING}


def _room_finished(body: Json, happened: datetime | None) -> Json:
    """Tell of the end of a room, which waits some seconds for people to come back, and knows no reason."""
    return {"status": Status.ENDED, "ended_at": happened, "sureness": {"ended_at": GUESS}}


def _joined(body: Json, happened: datetime | None) -> Json:
    person = reading.mapping(body.get("participant"))
    kind = _kind(person)
    if kind in PHONES:
        status = SIP_STATUSES.get(str(_attributes(body).get("sip.callStatus", "active")))
        answered = _moment(person, "joinedAt") if status == Status.IN_PROGRESS else None
        return _leg(body) | {"status": status, "answered_at": answered}
    # A call that is picked up changes an attribute and sends nothing, but it is when its agent comes.
    return {"status": Status.IN_PROGRESS} if kind in ("AGENT", "STANDARD") else {}


def _left(body: Json, happened: datetime | None) -> Json:
    """Tell that somebody left. On the phone that ends the call; after an agent another may come."""
    person = reading.mapping(body.get("participant"))
    kind = _kind(person)
    reason = reading.text(person.get("disconnectReason"), LONGEST["ended_reason_raw"])
    ending = reasons.ending(PlatformName.LIVEKIT, reason) if reason else None
    if kind in PHONES:
        return _leg(body) | {"status": Status.ENDED, "ended_at": happened, "ending": ending}
    # A caller in a browser, or a colleague who looked in: that the call is over, its room tells.
    return {"ending": ending, "sureness": {"ending": GUESS}} if kind == "STANDARD" else {}


def _kind(person: Json) -> str:
    return str(person.get("kind", "STANDARD"))


def _leg(body: Json) -> Json:
    """Tell of a person on the phone.

    An inbound leg is the call. A leg that was dialled counts less: it may be that of a colleague, to whom the
    call is passed on.
    """
    attributes = _attributes(body)
    direction = _direction(attributes)
    person = reading.phone(attributes.get("sip.phoneNumber"))
    line = reading.phone(attributes.get("sip.trunkPhoneNumber"))
    own = {name: value for name, value in attributes.items() if not name.startswith(THEIR_ATTRIBUTES)}
    return {
        "direction": direction,
        "from_number": line if direction == Direction.OUTBOUND else person,
        "to_number": person if direction == Direction.OUTBOUND else line,
        "started_at": reading.instant(attributes.get("lk.sip.inviteTime"))
        or _moment(body.get("participant"), "joinedAt"),
        "metadata": _attached(_room_of(body)) | own or None,
        "sureness": INBOUND_SURENESS if direction == Direction.INBOUND else DIALLED_SURENESS,
    }


INBOUND_SURENESS = {"started_at": SAID, "metadata": SAID, "ended_at": FINAL}
DIALLED_SURENESS = dict.fromkeys(("direction", "from_number", "to_number", "answered_at", "ending"), GUESS)


def _direction(attributes: Json) -> Direction | None:
    """Return who called: only inbound calls have a dispatch rule, only outbound ones are dialled."""
    if attributes.get("sip.ruleID"):
        return Direction.INBOUND
    is_dialled = attributes.get("sip.callStatus") in ("dialing", "automation")
    return Direction.OUTBOUND if is_dialled or attributes.get("sip.trunkID") else None


def _job(body: Json, happened: datetime | None) -> Json:
    return {"agent_name": reading.text(reading.at(body, "job", "agentName"), LONGEST["agent_name"])}


def _job_ended(body: Json, happened: datetime | None) -> Json:
    """Tell that the agent's program ended; that it failed explains more than who then hung up."""
    facts = _job(body, happened)
    state = reading.mapping(reading.at(body, "job", "state"))
    if state.get("status") != "JS_FAILED":
        return facts
    error = reading.text(state.get("error"), LONGEST_ERROR)
    return facts | {
        "ending": reasons.ending(PlatformName.LIVEKIT, "JS_FAILED"),
        "metadata": _attached(_room_of(body)) | ({"agent_error": error} if error else {}) or None,
        "sureness": {"ending": FINAL, "metadata": FINAL},
    }


def _egress_ended(body: Json, happened: datetime | None) -> Json:
    """Tell where the recording is; an address that no browser opens, such as s3://, is only kept."""
    egress = reading.mapping(body.get("egressInfo"))
    files = reading.objects(egress.get("fileResults")) or [reading.mapping(egress.get("file"))]
    places = [reading.text(one.get("location"), LONGEST["recording_url"]) for one in files]
    url = next(filter(None, map(reading.address, places)), None)
    kept = {
        "recording_location": None if url else next(filter(None, places), None),
        "recording_error": reading.text(egress.get("error"), LONGEST_ERROR),
    }
    return {"recording_url": url, "metadata": {name: value for name, value in kept.items() if value} or None}


FACTS: Mapping[str, Callable[[Json, datetime | None], Json]] = {
    "room_started": _room_started,
    "agent_job_started": _job,
    "participant_joined": _joined,
    "participant_connection_aborted": _left,
    "participant_left": _left,
    "agent_job_ended": _job_ended,
    "egress_ended": _egress_ended,
    "room_finished": _room_finished,
}
RANKS = {event: rank for rank, event in enumerate(FACTS)}
"""The order of events of one second, which is as exactly as `createdAt` tells."""
SILENT = frozenset(
    [
        "track_published",
        "track_unpublished",
        "egress_started",
        "egress_updated",
        "ingress_started",
        "ingress_ended",
    ]
)
"""Events that say nothing of a call that is shown."""


def _aliases(body: Json) -> frozenset[Alias]:
    attributes = _attributes(body)
    found = (
        alias("room_sid", _room_of(body).get("sid") or reading.at(body, "egressInfo", "roomId"))
        | alias("job_id", reading.at(body, "job", "id"))
        | alias("egress_id", reading.at(body, "egressInfo", "egressId"))
        | aliases_in(reading.at(body, "job", "attributes"))
        | aliases_in(attributes)
    )
    for owner in (_room_of(body), body.get("job"), body.get("participant")):
        found |= aliases_in(_attached(owner))
    for name, kind in SIP_IDS.items():
        found |= alias(kind, attributes.get(name))
    known = {one.value for one in found}
    headers = [value for name, value in attributes.items() if name.startswith("sip.h.")][:MOST]
    ids = [value for value in headers if isinstance(value, str) and _ID.fullmatch(value)]
    return found | {Alias("sip_header", value) for value in ids if value not in known}
