"""An independent reader of Sentry's search syntax: how the grammar cuts a text into conditions and groups.

It knows what matters for the cutting (what takes quotes, parentheses and blanks) and nothing else. Each
method takes a position and gives the position after what it read, or None.
"""

from __future__ import annotations

import re
from functools import cache

KEY = r'(?:[\w.-]+|"[\w.:-]+")'
TEXT_KEY = rf'(?:(?:tags|flags)\[(?:[\w.:-]+|"[\w.:-]+")\]|{KEY})'
QUOTED = r'"(?>(?:\\"|[^"])*+)"'
VALUE = r"[^()\t\n ]*+"
END = r"(?=[\t\n )]|$)"
NUMBER = r"\d+(?:\.\d*)?"
IN_VALUE = r"(?>(?:(?=[^(), ](?>(?:(?!\]| *,)[^(), ])*)(?:\]| *,))[^(), ])+)"
IN_ITEM = rf"(?>{QUOTED}|{IN_VALUE})"
ARGUMENT = r'(?>tags\[[\w.:-]+\]|"(?>(?:\\"|[^\t\n"])*+)"|[^()\t\n, "]+)'
AGGREGATE = rf"[\w.-]+\( *(?:{ARGUMENT}(?> *, *(?!,){ARGUMENT}?)*)? *\)"
OPERATOR = r"(?:>=|<=|>|<|=|!=)?"
UNIT = r"(?:ms|s|min|m|hr|h|day|d|wk|w|[kmgtpezy]i?b|bit|bytes|nb)"
DATE = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?"

# In the order in which the grammar tries them: the first that fits is taken, however short.
FILTERS = [
    rf"!?{KEY}:{OPERATOR}(?:{DATE}|[+-]\d+[wdhm]|{NUMBER}{UNIT}){END}",
    rf"!?{KEY}:(?i:true|1|false|0){END}",
    rf"!?{KEY}:\[-?{NUMBER}[kmb]?(?> *, *-?{NUMBER}[kmb]?)*\]{END}",
    rf"!?{KEY}:{OPERATOR}-?{NUMBER}[kmbKMB]?(?=[\t\n ),\]]|$)",
    rf"!?{AGGREGATE}:{OPERATOR}(?:{NUMBER}{UNIT}{END}|{NUMBER}%|{NUMBER}(?=[\t\n ),\]]|$))",
    rf"!?{AGGREGATE}:{OPERATOR}(?:{DATE}|[+-]\d+[wdhm]){END}",
    rf"!?has:(?>{TEXT_KEY}|{QUOTED}|{VALUE})",
    rf"!?is:(?>{QUOTED}|{VALUE})",
    rf"!?{TEXT_KEY}:\[{IN_ITEM}(?> *, *(?!,){IN_ITEM}?)*\]{END}",
    rf"!?{TEXT_KEY}:{OPERATOR}(?>{QUOTED}|{VALUE})",
]
FILTER = [re.compile(pattern, re.ASCII) for pattern in FILTERS]
BOOLEAN = re.compile(rf"(?i:or|and){END}")
WORD = re.compile(r"[^()\n ]+")
QUOTED_TEXT = re.compile(QUOTED)
BLANKS = re.compile(" *")


class Unreadable(Exception):
    pass


def read(text: str) -> list[str]:
    """The conditions, groups and operators of the top level; Unreadable where Sentry answers 400."""
    return _Reader(text).search()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.term = cache(self._term)
        self.free_unquoted = cache(self._free_unquoted)

    def search(self) -> list[str]:
        at, terms = self.blanks(0), []
        while (after := self.term(at)) is not None:
            terms.append(self.text[at:after].strip(" "))
            at = after
        if at != len(self.text):
            raise Unreadable(self.text[at:])
        return terms

    def blanks(self, at: int) -> int:
        return BLANKS.match(self.text, at).end()

    def match(self, pattern: re.Pattern[str], at: int) -> int | None:
        found = pattern.match(self.text, at)
        return found.end() if found else None

    def filter(self, at: int) -> int | None:
        ends = (self.match(pattern, at) for pattern in FILTER)
        return next((end for end in ends if end is not None), None)

    def _term(self, at: int) -> int | None:
        for reader in (self.boolean, self.group, self.filter, self.free_text):
            after = reader(at)
            if after is not None:
                return self.blanks(after)
        return None

    def boolean(self, at: int) -> int | None:
        return self.match(BOOLEAN, at)

    def group(self, at: int) -> int | None:
        if not self.text.startswith("(", at):
            return None
        inner = self.blanks(at + 1)
        after = self.term(inner)
        while after is not None:
            inner, after = after, self.term(after)
        has_terms = inner != self.blanks(at + 1)
        return inner + 1 if has_terms and self.text.startswith(")", inner) else None

    def free_text(self, at: int) -> int | None:
        quoted = self.match(QUOTED_TEXT, at)
        return quoted if quoted is not None else self.free_unquoted(at)

    def _free_unquoted(self, at: int) -> int | None:
        start = at
        while self.filter(at) is None and self.boolean(at) is None:
            after = self.free_parentheses(at)
            after = self.match(WORD, at) if after is None else after
            if after is None:
                break
            at = self.blanks(after)
        return at if at > start else None

    def free_parentheses(self, at: int) -> int | None:
        if not self.text.startswith("(", at):
            return None
        inner = self.free_text(at + 1)
        inner = at + 1 if inner is None else inner
        return inner + 1 if self.text.startswith(")", inner) else None
