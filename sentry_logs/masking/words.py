"""Words that are written large, and are no part of a name or of a street."""

from __future__ import annotations

import re

TECHNICAL = re.compile(
    r"\b(?:Not|No|Internal|Unavail\w*|Bad|Gateway|Payment|Moved|Forbidden|Unauthor\w*|Too|Many|Errors?|Exception"
    r"|Failed|Failure|Timeout|Timed|Found|Refused|Closed|Requests?|Response|Agent|Service|Support|Session|Server"
    r"|Connection|Connect|Disconnected|Invalid|Missing|Unknown|Id|Calls?|Count|Data|Api|Token|Key|Lookup|Records?"
    r"|Created|Updated|Deleted|Hung|Up|Is|Was|Has|Dental|Hotel|Surgery|Clinic|Vets|Plumbing|Optics|Bank"
    r"|Insurance|Office|Desk|Reception|Practice|Hospital)\b"
)
ALONE = frozenset(
    (
        *(
            "Hello",
            "Hi",
            "Thanks",
            "Sorry",
            "Please",
            "Yes",
            "Okay",
            "Good",
            "Great",
            "Sure",
            "Fine",
            "Calling",
        ),
        *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Tomorrow", "Today"),
    )
)
"""What may stand alone behind "it's" or "I'm"."""
