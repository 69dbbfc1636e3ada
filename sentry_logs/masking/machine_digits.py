"""What stands around digits and says that they are a machine's: a label before them, a unit behind them."""

from __future__ import annotations

import re

from sentry_logs.masking.labels import words

LOOK_BEHIND, LOOK_AHEAD = 40, 16
LONGEST_TICKET = 9

LABELS = words(
    "id ids pid tid ppid thread process worker task job run build deploy release releases revision "
    "commit port offset partition batch shard line lines row rows col column seq sequence status code "
    "errno exit byte bytes size length index count total issue issues event events project projects org "
    "organization organizations group groups request requests req trace span alert alerts monitor "
    "monitors replay replays snowflake timestamp ts epoch nonce seed version attempt timeout delay "
    "duration elapsed latency ms limit max min pk slot order ticket case inc ref reference"
)
# Whose id it is: "caller id" and "member id" are a person's.
PERSONS = re.compile(r"(?i)(?:caller|patient|member|national|tax|passport|customer|insurance|health|policy)$")
LABEL = re.compile(
    r"(?<![A-Za-z])(?:(?P<owner>[A-Za-z]{1,20})(?P<id>[ _\-](?i:ids?)|(?<=[a-z])I[dD]s?)"
    r"|(?P<label>[A-Za-z]{1,20}))"
    r"['\"]?(?: ?[:=] ?| => |/| )?['\"#]?$"
)
TICKET = re.compile(r"(?<![\w\-])(?!(?i:tel|phone|mobile|caller|cell|fax|number)-)[A-Za-z]{1,20}-$")
SHORT = re.compile(r"#$|[\w)\]]:$")
UNIT = re.compile(
    r" ?(?i:ns|us|µs|ms|msecs?|millis(?:econds)?|s|secs?|seconds?|min(?:utes)?|hours?|h|days?"
    r"|bytes?|b|[kmgt]i?b|bits?|hz|[kmg]hz|chars?|characters?|tokens?|samples?|frames?|rows?|lines?|events?|records?"
    r"|requests?|items?|calls?|times|px)(?!\w)"
)


def is_a_machines(found: re.Match[str]) -> bool:
    start, end, text = found.start(), found.end(), found.string
    if UNIT.match(text, end, end + LOOK_AHEAD):
        return True
    before = text[max(0, start - LOOK_BEHIND) : start]
    if SHORT.search(before) or (end - start <= LONGEST_TICKET and TICKET.search(before)):
        return True
    label = LABEL.search(before)
    if not label:
        return False
    if label["id"]:
        return not PERSONS.match(label["owner"])
    return label["label"].lower() in LABELS
