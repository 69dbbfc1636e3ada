"""Names of people, where the words around them say that they are names."""

from __future__ import annotations

import re

from sentry_logs.masking.dots import hidden
from sentry_logs.masking.words import ALONE, TECHNICAL

_PROPER = r"[^\W\d_a-z][^\W\d_A-Z]{1,30}(?:['’\-][^\W\d_]{1,30}){0,2}(?!\w)"
_NAMES = rf"{_PROPER}(?: (?:(?:van|von|de|der|da|di|del|la|le|bin|al|O['’]) ?){{0,2}}{_PROPER}){{0,2}}"
_TWO = rf"{_PROPER}(?: (?:(?:van|von|de|der|da|di|del|la|le|bin|al) ){{0,2}}{_PROPER}){{1,2}}"

TITLED = re.compile(rf"(?<!\w)(?P<before>(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Frau)\.? )(?P<name>{_NAMES})")
TOLD = re.compile(
    r"(?<!\w)(?P<before>(?i:(?:my|his|her|their|the (?:caller|customer|patient|guest|client)['’]s)"
    r"(?: (?:first|last|full|given|family|sur))? ?name(?: is|['’]s|:) )"
    r"|(?i:i am called |you can call me |it is spelled |speaking with |spoke with ))"
    rf"(?P<name>{_NAMES}"
    r"|(?!not |no |the |on |in )[^\W\d_]{2,30}(?: [^\W\d_]{2,30}){0,2}(?=[.,!?]| and |$))"
)
SPEAKING = re.compile(
    r"(?<!\w)(?P<before>(?i:this is |i['’]m |i am |it['’]s |here is ))"
    rf"(?P<name>{_NAMES})(?= (?:speaking|calling|here|from|again)(?!\w)|[.,!?]|$)"
)
NOUN = re.compile(
    r"(?<!\w)(?P<before>(?i:caller|customer|patient|client|guest|contact|visitor|attendee|tenant|member)"
    rf"(?: name)?(?::|=| is|,)? ?['\"]?)(?P<name>{_TWO})(?!\w)"
)
SPELLED = re.compile(r"(?<![\w.\-])(?P<name>[A-Z](?:-[A-Z]){3,30})(?![\w\-])")


def mask_names(text: str) -> str:
    """Hide names after a title, "my name is", "this is … speaking", "patient", and spelled ones."""
    for pattern in (TITLED, TOLD):
        text = pattern.sub(rf"\g<before>{hidden('name')}", text)
    for pattern in (SPEAKING, NOUN):
        text = pattern.sub(_unless_technical, text)
    return SPELLED.sub(hidden("name"), text)


def _unless_technical(found: re.Match[str]) -> str:
    is_none = found["name"] in ALONE or TECHNICAL.search(found["name"])
    return found[0] if is_none else f"{found['before']}{hidden('name')}"
