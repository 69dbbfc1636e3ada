"""Proof that Sentry's filter filters. Without it, an answer of nothing would prove nothing.

Three questions about the last day, once after the start of a process and then hourly, for the whole
installation: a call that was just seen must be found, together with no other, and an id that cannot exist
must not. They are put in the request that asks Sentry anyway, so that no page waits for them that does not
already.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar

from django.conf import settings

from sentry_logs import cache
from sentry_logs.answers import Answer, BackendName, ErrorMark, Source, Window
from sentry_logs.backends import configured_client, origin
from sentry_logs.backends.proof import ProofQuestions
from sentry_logs.client import SentryError
from sentry_logs.services import manners
from sentry_logs.unavailable import LogsUnavailable, StillAsking

Value = TypeVar("Value")
ProofState = Literal["proven", "failed", "unknown"]

STARTED = datetime.now(UTC)
LOOKED_AT = timedelta(hours=24)
# Sentry may show an event to one question and, for some seconds, not yet to the next.
SETTLED = timedelta(minutes=1)
AGAIN_AFTER: dict[ProofState, timedelta] = {
    "proven": timedelta(hours=1),
    "failed": timedelta(minutes=1),
    "unknown": timedelta(minutes=10),
}
TURN_SECONDS = 60
MANY_UNTAGGED = 10
HINT = (
    "Look at what stands between this server and Sentry: a proxy may strip or rewrite the query. "
    "manage.py sentry_check repeats the proof."
)


@dataclass(frozen=True, slots=True)
class Proof:
    """`words` are for support staff, `hint` for an administrator."""

    state: ProofState
    words: str
    made_at: datetime
    hint: str = ""


def prove_when_due(backend: BackendName) -> None:
    """Ask for a new proof if the last one is an hour old, failed, or from before this process started."""
    if not settings.SENTRY_CANARY or backend != "discover" or not _is_due():
        return
    if cache.claim(_key("turn"), TURN_SECONDS):
        prove()


def prove() -> Proof:
    """Put the questions now and keep what came of them; never raises."""
    now = datetime.now(UTC)
    try:
        proof = manners.politely(lambda: _proof(now))
    except StillAsking as busy:
        return Proof("unknown", busy.message, now)
    except (SentryError, LogsUnavailable) as failure:
        proof = Proof("unknown", failure.message, now, failure.hint)
    # Silence takes back neither a proof nor its failure.
    kept = ("attempt",) if proof.state == "unknown" else ("attempt", "proof")
    cache.keep({_key(name): proof for name in kept})
    return proof


def last_proof() -> Proof | None:
    """Return the last proof that came to a result, however old; every answer of every page looks at it."""
    return _proof_in(cache.glance(_key("proof")))


def doubt(backend: BackendName) -> Proof | None:
    """Return the failed proof, if the last one failed."""
    proof = last_proof() if backend == "discover" and settings.SENTRY_CANARY else None
    return proof if proof and proof.state == "failed" else None


def insist(backend: BackendName) -> None:
    """Raise LogsUnavailable when what Sentry says about calls must not be kept."""
    prove_when_due(backend)
    if proof := doubt(backend):
        raise LogsUnavailable(proof.words, proof.hint, code="protocol")


def doubted(answer: Answer[Value]) -> Answer[Value]:
    """Say in an answer that the filter does not filter, as long as that is so."""
    proof = doubt(answer.asked.backend)
    if proof is None:
        return answer
    sources = tuple(
        source if source.dataset == "logs" else Source(source.dataset, "failed", proof.words, proof.hint)
        for source in answer.sources
    )
    return replace(answer, complete=False, sources=sources)


def never_clean(marks: Sequence[ErrorMark], backend: BackendName) -> tuple[ErrorMark, ...]:
    """Turn every "clean" into "failed" while the filter does not filter."""
    proof = doubt(backend)
    if proof is None:
        return tuple(marks)
    failed = ErrorMark("failed", reason=proof.words)
    return tuple(failed if mark.state == "clean" else mark for mark in marks)


def _proof(now: datetime) -> Proof:
    """Put the questions; the first that is answered wrongly ends it."""
    end = now - SETTLED
    ask = ProofQuestions(configured_client(), settings.SENTRY_CORRELATION_TAG, Window(end - LOOKED_AT, end))
    newest = ask.newest_tagged()
    if newest.without_id:
        return _failed(
            f"{_events(newest.without_id)} without an id came when only tagged ones were asked for", now
        )
    if not newest.events:
        return _without_tagged(ask.untagged(), now)
    impossible = f"canary-{secrets.token_hex(16)}"
    if found := ask.count(impossible):
        return _failed(f"an id that cannot exist had {_events(found)}", now)
    seen = newest.correlation_id
    if not seen:
        return Proof("unknown", "The newest events have ids that cannot be asked for safely.", now)
    counts = ask.counts([seen, impossible])
    if not counts.get(seen):
        return _failed("the id of an event that was just seen was not found", now)
    if others := sum(counts.values()) - counts[seen]:
        return _failed(f"asked for one id, it gave {_events(others)} of others", now)
    return Proof("proven", "An id that was just seen was found, and one that cannot exist was not.", now)


def _without_tagged(untagged: int, now: datetime) -> Proof:
    tag = settings.SENTRY_CORRELATION_TAG
    if untagged < MANY_UNTAGGED:
        return Proof("unknown", "Too few events in the last 24 hours to prove anything.", now)
    hint = (
        f"The tag may have been renamed: SENTRY_CORRELATION_TAG is {tag}. "
        f'Does the receptionist call set_tag("{tag}", …)?'
    )
    words = f"None of the {_events(untagged)} of the last 24 hours in Sentry carries a call's id."
    return Proof("failed", words, now, hint)


def _failed(what: str, now: datetime) -> Proof:
    return Proof("failed", f"Sentry did not filter by call: {what}.", now, HINT)


def _is_due() -> bool:
    attempt = _proof_in(cache.get_kept(_key("attempt")))
    if attempt is None or attempt.made_at < STARTED:
        return True
    return datetime.now(UTC) - attempt.made_at >= AGAIN_AFTER[attempt.state]


def _proof_in(found: object) -> Proof | None:
    return found if isinstance(found, Proof) else None


def _events(number: int) -> str:
    return f"{number:,} event" if number == 1 else f"{number:,} events"


def _key(what: str) -> str:
    return cache.key_for("canary", what, origin())
