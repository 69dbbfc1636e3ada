"""How a platform's own word for an ending becomes ours: the first rule that matches the whole word wins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from dashboard.calls.vocabulary import EndedBy, EndedReason, Fault, Outcome
from dashboard.ingest.cleaning import clean_text
from dashboard.ingest.platforms.reading import LONGEST
from dashboard.ingest.reports import Ending


class Rule(NamedTuple):
    pattern: re.Pattern[str]
    reason: EndedReason
    outcome: Outcome
    ended_by: EndedBy
    fault: Fault


def rule(pattern: str, reason: EndedReason, outcome: Outcome, ended_by: EndedBy, fault: Fault) -> Rule:
    return Rule(re.compile(pattern, re.DOTALL), reason, outcome, ended_by, fault)


def word(pattern: str, reason: EndedReason, outcome: Outcome, ended_by: EndedBy, fault: Fault) -> Rule:
    """Return a rule for free text that has these words anywhere in it, in capitals or not."""
    return Rule(re.compile(f".*(?:{pattern}).*", re.DOTALL | re.IGNORECASE), reason, outcome, ended_by, fault)


def ending_by(rules: Sequence[Rule], raw: str) -> Ending:
    """Return what `raw` means; no part of it is known, nor made up, when no rule matches."""
    kept = clean_text(raw.strip()[: LONGEST["ended_reason_raw"]])
    for one in rules:
        if one.pattern.fullmatch(kept):
            return Ending(one.outcome, one.ended_by, one.reason, one.fault, raw=kept)
    return Ending(raw=kept, is_known=False)
