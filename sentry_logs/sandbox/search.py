"""Sentry's event search as a lark grammar.

Sentry's own grammar is a PEG: ordered choice, no way back once a rule has matched. Here the ordered
choices are terminals with priorities, made of patterns that can match in one way only, so that lark just
has to nest the parentheses. (Possessive patterns would say it shorter, but they are broken in Python 3.11.)
Source: Sentry 23.7.1 source, api/event_search.py, https://docs.sentry.io/concepts/search/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from lark import Lark, Token, Transformer, UnexpectedInput
from lark.exceptions import UnexpectedEOF

from sentry_logs.sandbox.errors import InvalidSearchQuery

END = r"(?=[\t\n )]|\Z)"
KEY = r"[a-zA-Z0-9_.-]+"
ANY_KEY = rf'(?:{KEY}|"[a-zA-Z0-9_.:-]+")'
QUOTED = r'"(?:[^"\\]|\\"|\\(?!"))*"'
VALUE = r"[^()\t\n ]*"
WORD = r"[^()\n ]+(?![^()\n ])"
OPERATOR = r"(?:>=|<=|>|<|=|!=)"
NUMBER = r"[0-9]+(?:\.[0-9]*)?"
# A bare list item runs to the comma, or else to the last bracket before a blank, comma or parenthesis.
BARE_ITEM = r"[^(), ]+(?:(?= *,)|(?=\][^(), \]]*(?! *,)(?:[(), ]|\Z)))"
ITEM = rf"(?:{QUOTED}|(?!{QUOTED}){BARE_ITEM})"
NEXT_ITEM = rf" *, *(?![ ,])(?:{ITEM}|(?!{ITEM}))"
BOOLEAN = rf"(?i:or|and){END}"
DATE = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?"
AGGREGATE_VALUE = rf"(?:{DATE}{END}|[+-][0-9]+[wdhm]{END}|-?{NUMBER}(?:%|[a-zA-Z]*){END})"
NESTING = 4

GRAMMAR = r"""
start: _term*
_term: BOOLEAN | group | HAS | IS | AGGREGATE | NUMERIC | IN | TEXT | QUOTED | PHRASE
group: OPEN _term+ CLOSE

BOOLEAN.9: /%(boolean)s/
OPEN.8: /\((?!\))/
CLOSE.8: ")"
NUMERIC.7: /%(numeric)s/
AGGREGATE.6: /%(aggregate)s/
HAS.5: /%(has)s/
IS.4: /%(is)s/
IN.3: /%(in)s/
TEXT.2: /%(text)s/
QUOTED.1: /%(quoted)s/
PHRASE.0: /%(phrase)s/
SPACE.-1: / +/
%%ignore SPACE
"""


@dataclass(frozen=True, slots=True)
class Word:
    """A filter or a free text as it was written; `kind` is the terminal's name in the grammar."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Operator:
    """`AND` or `OR` between two terms."""

    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Terms in parentheses."""

    terms: tuple[Term, ...]


Term = Word | Operator | Group


def parse(query: str, old: bool) -> tuple[Term, ...]:
    """Split a query into its terms; a query that Sentry cannot read raises InvalidSearchQuery."""
    try:
        tree = _parser(old).parse(query)
    except UnexpectedInput as error:
        raise _parse_error(query, error, old) from None
    terms: tuple[Term, ...] = _Terms().transform(tree)
    return terms


class _Terms(Transformer[Token, tuple[Term, ...]]):
    def start(self, children: Sequence[Token | Group]) -> tuple[Term, ...]:
        return tuple(_term(child) for child in children)

    def group(self, children: Sequence[Token | Group]) -> Group:
        return Group(tuple(_term(child) for child in children[1:-1]))


def _term(child: Token | Group) -> Term:
    if isinstance(child, Group):
        return child
    if child.type == "BOOLEAN":
        return Operator(child.upper())
    return Word(child.type, str(child))


@cache
def _parser(old: bool) -> Lark:
    return Lark(GRAMMAR % _patterns(old), parser="lalr", lexer="basic", propagate_positions=True)


def _patterns(old: bool) -> dict[str, str]:
    filters = _filters(old)
    patterns = {**filters, "boolean": BOOLEAN, "quoted": QUOTED}
    patterns["phrase"] = _phrase("|".join(filters.values()))
    return {name: _spelled(pattern) for name, pattern in patterns.items()}


def _spelled(pattern: str) -> str:
    """Spell a pattern so that lark reads it unchanged: it would turn a backslash before a quote around."""
    return pattern.replace('"', r"\x22").replace("/", r"\/")


def _filters(old: bool) -> dict[str, str]:
    typed = "" if old else r"(?: *, *string)?"
    tag_key = rf"tags\[[a-zA-Z0-9_.:-]+{typed}\]"
    text_key = rf"(?:{tag_key}|{ANY_KEY})"
    known = ANY_KEY if old else text_key
    return {
        "numeric": rf"!?{ANY_KEY}:{OPERATOR}?-?{NUMBER}[kmbKMB]?(?=[\t\n ),\]]|\Z)",
        "aggregate": rf"!?{KEY}\([^()]*\):{OPERATOR}?{AGGREGATE_VALUE}",
        "has": rf"!?has:(?:{known}|{QUOTED}|{VALUE})",
        "is": rf"!?is:(?:{QUOTED}|{VALUE})",
        "in": rf"!?{text_key}:\[{ITEM}(?:{NEXT_ITEM})*\]{END}",
        "text": rf"!?{text_key}:{OPERATOR}?(?:{QUOTED}|{VALUE})",
    }


def _phrase(any_filter: str) -> str:
    """Unquoted free text: words, and parentheses that follow them and hold only free text."""
    bracket = r"\(\)"
    phrase = ""
    for _ in range(NESTING):
        phrase = rf"(?:(?!{any_filter})(?!{BOOLEAN})(?:{bracket}|{WORD}) *)+"
        bracket = rf"\((?:{QUOTED}|(?!{QUOTED}){phrase})?\)"
    return phrase


def _parse_error(query: str, error: UnexpectedInput, old: bool) -> InvalidSearchQuery:
    """Word the error as Sentry does; a fault in parentheses is reported where they open."""
    at = _outermost_open(query, _position(query, error), old)
    near = query[max(0, at - 4) : at + 6]
    column = at - query.rfind("\n", 0, at)
    return InvalidSearchQuery(
        f"Parse error at '{near}' (column {column}). This is commonly caused by unmatched parentheses. "
        "Enclose any text in double quotes."
    )


def _position(query: str, error: UnexpectedInput) -> int:
    """Say where reading stopped; an unfinished query stops at its end."""
    token = getattr(error, "token", None)
    if isinstance(error, UnexpectedEOF) or (token is not None and token.type == "$END"):
        return len(query)
    position: int = getattr(error, "pos_in_stream", 0)
    return position


def _outermost_open(query: str, at: int, old: bool) -> int:
    depth, outermost = 0, at
    for token in _parser(old).lex(query[:at]):
        if token.type == "OPEN":
            outermost = (token.start_pos or 0) if depth == 0 else outermost
            depth += 1
        elif token.type == "CLOSE":
            depth -= 1
            outermost = at if depth <= 0 else outermost
    return outermost
