"""Twilio's status, recording and answering-machine callbacks: form fields, one call leg each.

Names and values: twilio/twilio-oai:spec/yaml/twilio_api_v2010.yaml; the signature:
twilio/twilio-python:twilio/request_validator.py. `CallDuration` is seconds; `Duration`, the same in minutes,
is not read. `Timestamp` is RFC 2822, to the second.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dashboard.calls.vocabulary import Direction, EndedBy, EndedReason, Fault, Outcome, Status
from dashboard.calls.vocabulary import Platform as PlatformName
from dashboard.ingest.cleaning import clean_text
from dashboard.ingest.platforms import reading, reasons, signing
from dashboard.ingest.platforms.aliases import alias
from dashboard.ingest.platforms.base import Incoming, Reading, Secret, SignatureRefused, Unreadable
from dashboard.ingest.reports import GUESS, SAID, Ending, Report

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MOST_FIELDS = 1000
LARGEST_SEQUENCE = 10**6
LONGEST_WORD = 80
LONGEST_KEPT = 500

RECORDING_STATUSES = frozenset(["in-progress", "completed", "absent", "failed"])
DIRECTIONS = {
    "inbound": Direction.INBOUND,
    "outbound-api": Direction.OUTBOUND,
    "outbound-dial": Direction.OUTBOUND,
}
KEPT = ("AnsweredBy", "CallerName", "ErrorCode", "ErrorMessage", "ForwardedFrom", "SipResponseCode")
"""The fields that tell support more and have no place of their own."""

Fields = Mapping[str, Any]

_ORIGIN = re.compile(r"(https?)://([^/?#]*?)(:[0-9]+)?(?=[/?#]|$)", re.IGNORECASE)
_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")
_BODY_HASH = re.compile(r"[?&]bodySHA256=([0-9a-f]{64})(?=[&#]|$)")


class Twilio:
    """Twilio signs no time, so no message is too old: one that is played again is known by its event key."""

    name = PlatformName.TWILIO
    content_types = frozenset([FORM, JSON])

    def verify(self, incoming: Incoming, secret: Secret) -> None:
        """Check `X-Twilio-Signature`: base64 of HMAC-SHA1 over the address and the sorted fields."""
        given = signing.header(incoming, "x-twilio-signature")
        signed = b"" if incoming.content_type == JSON else _signed_fields(incoming.body)
        expected = [
            signing.hmac_base64(secret.text, url.encode("utf-8", "surrogatepass") + signed, "sha1")
            for url in _spellings(incoming.url)
        ]
        signing.require_same(given, *expected)
        if incoming.content_type == JSON:
            _require_signed_body(incoming)

    def read(self, incoming: Incoming, environment: str) -> Reading:
        fields = reading.parse(incoming.body) if incoming.content_type == JSON else _form(incoming.body)
        call_id = reading.identifier(fields.get("CallSid"))
        if call_id is None:
            raise Unreadable("There is no CallSid.")
        event = _event(fields, call_id)
        key = event.key or reading.body_key(event.type, call_id, incoming.body)
        if not event.is_known:
            return Reading(event.type, key, event.at, is_known_type=False)
        report = Report(
            platform=self.name,
            platform_call_id=call_id,
            environment=environment,
            at=event.at or incoming.now,
            aliases=alias("parent_call_sid", fields.get("ParentCallSid"))
            | alias("recording_sid", fields.get("RecordingSid")),
            direction=DIRECTIONS.get(str(fields.get("Direction"))),
            from_number=reading.phone(fields.get("From")),
            to_number=reading.phone(fields.get("To")),
            **event.facts,
        )
        return Reading(event.type, key, event.at, reports=[report])

    def kept(self, body: bytes) -> bytes:
        return body


TWILIO = Twilio()


class Event(NamedTuple):
    """What happened to a call, `at` when if Twilio says so, and the facts that this type of event tells."""

    type: str
    key: str
    at: datetime | None
    facts: dict[str, Any]
    is_known: bool = True


def _event(fields: Fields, call_id: str) -> Event:
    if "RecordingStatus" in fields:
        return _recording(fields)
    if "CallStatus" in fields:
        return _status(fields, call_id)
    if "AnsweredBy" in fields:
        return _answered(fields, call_id)
    return Event("", "", None, {}, is_known=False)


def _status(fields: Fields, call_id: str) -> Event:
    word = reading.text(fields["CallStatus"], LONGEST_WORD) or ""
    happened = reading.instant(fields.get("Timestamp"))
    sequence = reading.integer(fields.get("SequenceNumber"))
    status = reasons.status(PlatformName.TWILIO, word)
    facts: dict[str, Any] = {
        "status": status,
        "rank": min(max(sequence or 0, 0), LARGEST_SEQUENCE),
        "started_at": happened,
        "sureness": {"started_at": GUESS},
        "metadata": _kept_fields(fields),
    }
    if status == Status.IN_PROGRESS:
        facts["answered_at"] = happened
    elif status == Status.ENDED:
        facts |= _ended(fields, word, happened)
    moment = f"{word}:{fields.get('Timestamp', '')}" if sequence is None else sequence
    return Event(word, f"{call_id}:{moment}", happened, facts, is_known=status is not None)


def _ended(fields: Fields, word: str, happened: datetime | None) -> dict[str, Any]:
    duration = reading.milliseconds(fields.get("CallDuration"), unit_ms=1000)
    voicemail = _voicemail(fields)
    # "completed" says that a call is over, not why: what answered it explains more, whenever we hear of it.
    sure = GUESS if word == "completed" and voicemail is None else SAID
    return {
        "started_at": happened and happened - timedelta(milliseconds=duration or 0),
        "ended_at": happened,
        "duration_ms": duration,
        "ending": voicemail or reasons.ending(PlatformName.TWILIO, word),
        "sureness": {"started_at": GUESS, "ending": sure},
    }


def _answered(fields: Fields, call_id: str) -> Event:
    """Read what the detection of answering machines found, which comes while the call goes on."""
    facts = {"ending": _voicemail(fields), "metadata": _kept_fields(fields), "sureness": {"metadata": GUESS}}
    return Event("answered-by", f"{call_id}:answered-by:{fields['AnsweredBy']}", None, facts)


def _voicemail(fields: Fields) -> Ending | None:
    raw = reading.text(fields.get("AnsweredBy"), LONGEST_WORD) or ""
    if not raw.startswith("machine"):
        return None
    return Ending(Outcome.VOICEMAIL, EndedBy.UNKNOWN, EndedReason.VOICEMAIL, Fault.NONE, raw=raw)


def _recording(fields: Fields) -> Event:
    """Read of a recording. The callback names no time of its own, but the recording's start and length."""
    word = reading.text(fields["RecordingStatus"], LONGEST_WORD) or ""
    begun = reading.instant(fields.get("RecordingStartTime"))
    lasted = reading.milliseconds(fields.get("RecordingDuration"), unit_ms=1000)
    facts: dict[str, Any] = {"started_at": begun, "sureness": {"started_at": GUESS}}
    if word == "completed":
        facts["recording_url"] = reading.address(fields.get("RecordingUrl"))
    return Event(
        f"recording-{word}",
        f"{fields.get('RecordingSid')}:{word}",
        begun and begun + timedelta(milliseconds=lasted or 0),
        facts,
        is_known=word in RECORDING_STATUSES,
    )


def _kept_fields(fields: Fields) -> dict[str, str] | None:
    kept = {name: reading.text(fields.get(name), LONGEST_KEPT) for name in KEPT}
    return {name: value for name, value in kept.items() if value} or None


def _form(body: bytes) -> Fields:
    """Return the fields as text; of a field that came twice, the first."""
    try:
        pairs = list(_pairs(body))
    except ValueError:
        raise Unreadable(f"There are more than {MOST_FIELDS} fields.") from None
    return {
        clean_text(name.decode(errors="replace")): clean_text(value.decode(errors="replace"))
        for name, value in reversed(pairs)
    }


def _signed_fields(body: bytes) -> bytes:
    """Return what Twilio signs of a form: sorted names, each with its different values, also sorted."""
    try:
        return b"".join(name + value for name, value in sorted(set(_pairs(body))))
    except ValueError:
        raise SignatureRefused("malformed") from None


def _pairs(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return a form's names and values as the bytes that were signed, whether or not they are UTF-8."""
    if body.count(b"&") >= MOST_FIELDS:
        raise ValueError
    for pair in body.split(b"&"):
        if pair:
            name, _, value = pair.replace(b"+", b" ").partition(b"=")
            yield _unquoted(name), _unquoted(value)


def _unquoted(quoted: bytes) -> bytes:
    # The library's own function takes seconds for a large body of percent signs, which anybody can send.
    return _ESCAPES.sub(lambda found: bytes.fromhex(found[0].replace(b"%", b"").decode()), quoted)


def _spellings(url: str) -> set[str]:
    """Return the address with and without its port, since Twilio signs either."""
    found = _ORIGIN.match(url)
    if found is None:
        return {url}
    scheme, host, port = found.groups()
    rest = url[found.end() :]
    standard = ":443" if scheme.lower() == "https" else ":80"
    return {url, f"{scheme}://{host}{rest}", f"{scheme}://{host}{port or standard}{rest}"}


def _require_signed_body(incoming: Incoming) -> None:
    """Check a JSON body against the hash in the address, which is what is signed then."""
    found = _BODY_HASH.search(incoming.url)
    if found is None:
        raise SignatureRefused("malformed")
    signing.require_same(found[1], hashlib.sha256(incoming.body).hexdigest())
