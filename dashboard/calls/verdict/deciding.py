"""The verdict on one call, from its own data and what Sentry knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dashboard.calls.models import Call, CallDetail
from dashboard.calls.shown import ShownCall
from dashboard.calls.verdict.findings import Finding, findings
from dashboard.calls.verdict.parts import named_in
from dashboard.calls.verdict.words import NEXT, WAIT, WHAT, WHOSE
from dashboard.calls.vocabulary import BAD_OUTCOMES, Fault, Outcome
from sentry_logs.answers import ErrorMark

FINE_OUTCOMES = frozenset({Outcome.COMPLETED, Outcome.TRANSFERRED})
WENT_AWAY = frozenset({Outcome.ABANDONED, Outcome.NO_ANSWER, Outcome.BUSY, Outcome.REJECTED})
OPEN = {
    "checking": "Sentry has not answered yet.",
    "partly": "Sentry answered in part.",
    "failed": "Sentry could not be asked.",
    "expired": "Sentry no longer keeps the time of this call.",
    "not_yet": "Sentry is asked when the call is over.",
}

Weight = Literal["bad", "doubtful", "good", "open"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`what` is a sentence for somebody with the caller on the line; `because` holds what it stands on.

    `silent` marks a call that looks complete and is not. `weight` is "open" while Sentry's part is missing
    and nothing else points to trouble.
    """

    what: str
    part: Fault
    next_step: str
    because: tuple[Finding, ...]
    silent: bool
    weight: Weight

    @property
    def whose(self) -> str:
        return WHOSE[self.part]


def decide(call: Call, detail: CallDetail, mark: ErrorMark) -> Verdict:
    """Judge a call by fixed rules; the same facts always give the same verdict."""
    if call.in_progress:
        return Verdict(
            "The call is running.", Fault.UNKNOWN, "Look again when it is over.", (), False, "open"
        )
    outcome = Outcome(call.outcome)
    signs = findings(call, detail, mark)
    trouble = bool(signs) or mark.state == "errors"
    silent = outcome in FINE_OUTCOMES and trouble
    part = _part(call, mark, signs)
    weight = _weight(outcome, mark, trouble)
    return Verdict(
        what=_what(call, outcome, mark, silent, weight),
        part=part,
        next_step=WAIT if weight == "open" and part in (Fault.NONE, Fault.UNKNOWN) else NEXT[part],
        because=(*_reasons(call, mark), *signs),
        silent=silent,
        weight=weight,
    )


def _weight(outcome: Outcome, mark: ErrorMark, trouble: bool) -> Weight:
    if outcome in BAD_OUTCOMES:
        return "bad"
    if trouble or outcome in (Outcome.TIMED_OUT, Outcome.UNKNOWN):
        return "doubtful"
    return "open" if mark.state in OPEN else "good"


def _what(call: Call, outcome: Outcome, mark: ErrorMark, silent: bool, weight: Weight) -> str:
    said = WHAT[outcome]
    if outcome not in FINE_OUTCOMES and call.reason:
        said = f"{said}: {call.reason}"
    if silent:
        return f"{said}, but not everything went well."
    if outcome in FINE_OUTCOMES and weight == "good":
        return f"{said}, and nothing broke."
    return f"{said}. {_unanswered(mark)}" if weight == "open" else f"{said}."


def _unanswered(mark: ErrorMark) -> str:
    return mark.reason or OPEN[mark.state]


def _part(call: Call, mark: ErrorMark, signs: tuple[Finding, ...]) -> Fault:
    """Take the surest word: the platform's, then Sentry's, then the signs in the call itself."""
    told = Fault(call.fault)
    if told not in (Fault.NONE, Fault.UNKNOWN):
        return told
    if mark.state == "errors":
        named = named_in(str(mark.last_title))
        return named.part if named else Fault.OURS
    for sign in signs:
        if sign.part != Fault.UNKNOWN:
            return sign.part
    if signs or mark.state in OPEN:
        return Fault.UNKNOWN
    return Fault.CALLER if call.outcome in WENT_AWAY else told


def _reasons(call: Call, mark: ErrorMark) -> Iterator[Finding]:
    if call.ended_reason_raw:
        yield Finding(f"{call.get_platform_display()} gave the reason “{ShownCall(call).ended_reason_raw}”.")
    if mark.state == "errors":
        yield Finding(f"Sentry has {mark.text} of this call; the last is “{mark.last_title}”.")
        if named := named_in(str(mark.last_title)):
            yield Finding(f"Its title names “{named.word}”.", part=named.part)
        else:
            yield Finding("It comes from our own application.", part=Fault.OURS)
    elif mark.state == "warnings":
        yield Finding(f"Sentry has {mark.text} of this call, and no errors.")
    elif mark.state == "clean":
        yield Finding("Sentry has no errors of this call.")
    else:
        yield Finding(_unanswered(mark))
