from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sandbox.conftest import NOW, Door, ago

PARSE_ERROR = "This is commonly caused by unmatched parentheses. Enclose any text in double quotes."


def tagged(door: Door, *values: str) -> None:
    for value in values:
        door.sandbox.add_event(correlation_id=value or None, title=value or "untagged")


def test_an_explicit_tag_is_an_exact_case_sensitive_match(any_door):
    tagged(any_door, "abc", "ABC", "abcd")
    assert any_door.titles('tags[correlation_id]:"abc"') == ["abc"]


def test_a_bare_unknown_name_is_a_tag(any_door):
    tagged(any_door, "abc", "abd")
    assert any_door.titles("correlation_id:abc") == ["abc"]


def test_tag_in_the_singular_is_free_text_and_finds_nothing(any_door):
    tagged(any_door, "abc")
    assert any_door.titles("tag[correlation_id]:abc") == []


def test_a_dotted_tag_name_is_another_tag(any_door):
    tagged(any_door, "abc")
    assert any_door.titles("tags.correlation_id:abc") == []


def test_event_timestamp_is_a_tag_that_nobody_has(any_door):
    tagged(any_door, "abc")
    assert any_door.titles("event.timestamp:>2020-01-01") == []


def test_tags_level_is_the_tag_and_level_the_field(any_door):
    any_door.sandbox.add_event(title="one", level="fatal")
    assert any_door.titles("tags[level]:fatal") == any_door.titles("level:fatal") == ["one"]


AWKWARD = [
    "a b",
    'say "hi"',
    "star*",
    "[list]",
    "a,b",
    "a:b",
    "(paren)",
    "x OR y",
    "café 🙂",
    "!neg",
    ">5",
    "=x",
    "'",
    "%_",
    "a|b",
]


@pytest.mark.parametrize("value", AWKWARD)
def test_a_quoted_and_escaped_value_finds_exactly_itself(any_door, value):
    tagged(any_door, *AWKWARD, "starry", "other")
    spelled = value.replace('"', '\\"').replace("*", "\\*")
    assert any_door.titles(f'tags[correlation_id]:"{spelled}"') == [value]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("x:ab*", ["ABC", "abc", "abd"]),
        ('x:"AB*"', ["ABC", "abc", "abd"]),
        ("x:*c", ["ABC", "abc"]),
        ("x:a*d", ["abd"]),
        ("x:a\\*d", ["a*d"]),
        ("!x:ab*", ["a*d"]),
    ],
)
def test_an_asterisk_is_a_wildcard_in_any_case_even_in_quotes(any_door, query, found):
    for value in ("abc", "ABC", "abd", "a*d"):
        any_door.sandbox.add_event(title=value, tags={"x": value})
    found = sorted([*found, "a*d"]) if query == "x:a*d" else found
    assert any_door.titles(query) == found


def test_a_lone_asterisk_in_quotes_matches_every_event(any_door):
    tagged(any_door, "abc", "")
    assert any_door.titles('tags[correlation_id]:"*"') == ["abc", "untagged"]


@pytest.mark.parametrize(("query", "found"), [("x:a\\\\*", ["a\\b"]), ("x:a\\\\\\*", [])])
def test_an_even_number_of_backslashes_leaves_the_wildcard_live(any_door, query, found):
    any_door.sandbox.add_event(title="a\\b", tags={"x": "a\\b"})
    assert any_door.titles(query) == found


def test_a_trailing_backslash_swallows_the_closing_quote(any_door):
    any_door.sandbox.add_event(title="one", tags={"x": "a"}, level="info")
    assert "Invalid quote" in any_door.refusal(query='x:"a\\"')
    assert any_door.titles('x:"a\\" level:"info"') == []


def test_a_list_finds_each_of_its_values(any_door):
    tagged(any_door, "a", "b c", "d")
    assert any_door.titles('tags[correlation_id]:["a","b c", x]') == ["a", "b c"]
    assert any_door.titles('!tags[correlation_id]:[a,"b c"]') == ["d"]


@pytest.mark.parametrize("broken", ["b c", "b(c)"])
def test_a_bare_blank_or_parenthesis_turns_a_list_into_text(any_door, broken):
    tagged(any_door, "a", broken)
    assert any_door.titles(f"tags[correlation_id]:[a,{broken}]") == []


def test_something_right_behind_a_list_turns_it_into_text(any_door):
    tagged(any_door, "a")
    assert any_door.titles("tags[correlation_id]:[a,b]c") == []


def test_a_quoted_item_of_a_list_ends_at_its_quote(any_door):
    assert "Invalid quote at '[\"a\"b,'" in any_door.refusal(query='correlation_id:["a"b, c]')


def test_an_empty_list_is_text_and_an_empty_value_is_refused(any_door):
    tagged(any_door, "[]")
    assert any_door.titles("correlation_id:[]") == ["[]"]
    assert any_door.refusal(query="correlation_id:[a, ]") == "Lists should not have empty values"


def test_wildcards_in_lists_are_live_on_new_servers_only(door, old_door):
    for each in (door, old_door):
        tagged(each, "abc", "a*")
    assert door.titles('correlation_id:["a*"]') == ["a*", "abc"]
    assert door.titles('correlation_id:["a\\*"]') == ["a*"]
    assert old_door.titles('correlation_id:["a*"]') == ["a*"]
    assert old_door.titles('correlation_id:["a\\*"]') == []


def test_has_means_present_and_not_empty(any_door):
    tagged(any_door, "abc", "")
    assert any_door.titles("has:correlation_id") == ["abc"]
    assert any_door.titles("!has:correlation_id") == ["untagged"]
    assert any_door.titles('!tags[correlation_id]:""') == ["abc"]


def test_has_with_brackets_is_broken_on_old_servers(door, old_door):
    for each in (door, old_door):
        tagged(each, "abc")
    assert door.titles("has:tags[correlation_id]") == ["abc"]
    assert old_door.titles("has:tags[correlation_id]") == []


def test_an_empty_value_means_missing(any_door):
    tagged(any_door, "abc", "")
    assert any_door.titles('tags[correlation_id]:""') == ["untagged"]
    refusal = any_door.refusal(query="tags[correlation_id]:")
    assert refusal == "Empty string after 'tags[correlation_id]:'"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("x:=a", ["a"]),
        ("x:!=a", [">5", "b"]),
        ("!x:!=a", ["a"]),
        ("x:>5", [">5"]),
        ('x:"=a"', []),
    ],
)
def test_leading_operators_of_a_bare_value_are_eaten_or_literal(any_door, query, found):
    for value in ("a", "b", ">5"):
        any_door.sandbox.add_event(title=value, tags={"x": value})
    assert any_door.titles(query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("x:a y:1", ["a1"]),
        ("x:a AND y:1", ["a1"]),
        ("x:a OR y:1", ["a1", "a2", "b1"]),
        ("x:b or x:a y:2", ["a2", "b1"]),
        ("(x:b OR x:a) y:1", ["a1", "b1"]),
        ("x:a !y:1", ["a2"]),
        ("( x:a ) ( ( y:1 OR y:2 ) )", ["a1", "a2"]),
    ],
)
def test_and_binds_tighter_than_or_and_parentheses_group(any_door, query, found):
    for value in ("a1", "a2", "b1"):
        any_door.sandbox.add_event(title=value, tags={"x": value[0], "y": value[1]})
    assert any_door.titles(query) == found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("OR x:a", "Condition is missing on the left side of 'OR' operator"),
        ("x:a AND", "Condition is missing on the right side of 'AND' operator"),
        ("x:a OR AND y:b", "Missing condition in between two condition operators: 'OR AND'"),
        ("(AND x:a)", "Condition is missing on the left side of 'AND' operator"),
        ("is:unresolved", '"is:" queries are not supported in this search.'),
        ('x:a"b', "Invalid quote at 'a\"b': quotes must enclose text or be escaped."),
        ('x:"a', "Invalid quote at '\"a': quotes must enclose text or be escaped."),
        ("issue.id:abc", "issue.id: Invalid number: abc."),
        ("error.handled:maybe", "error.handled: Invalid boolean: maybe. Expected true, 1, false, or 0."),
        ("timestamp:soon", "timestamp: Invalid date: soon."),
        ("id:abc", "Filter ID must be a valid UUID hex"),
        ("project:elsewhere", "Project(s) elsewhere do not exist or are not actively selected."),
        ("count():>1 OR x:a", "Having an OR between aggregate filters and normal filters is invalid."),
        ('has:"a b"', 'Invalid format for "has" search'),
    ],
)
def test_sentry_refuses_with_its_own_words(any_door, query, words):
    assert words in any_door.refusal(query=query)


@pytest.mark.parametrize("query", ["(x:a", "x:a)", "((x:a)", "( )", "x:a\ny:b", "foo\nbar"])
def test_unmatched_parentheses_and_newlines_are_parse_errors(any_door, query):
    refusal = any_door.refusal(query=query)
    assert refusal.startswith("Parse error at '")
    assert refusal.endswith(PARSE_ERROR)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("no answer", ["a", "c"]),
        ("NO ANSWER", ["a", "c"]),
        ('"no answer"', ["a", "c"]),
        ("answer no", ["b"]),
        ('"answer" "no"', ["a", "b", "c"]),
        ("no level:info answer", ["b"]),
        ("calendar (slow) again", ["d"]),
        ("message:answer", ["a", "b", "c"]),
        ("!message:answer", ["d"]),
    ],
)
def test_free_text_is_one_phrase_looked_for_in_the_message(any_door, query, found):
    texts = {"a": "no answer today", "b": "answer now", "c": "No answer", "d": "calendar (slow) again"}
    for name, text in texts.items():
        level = "info" if name == "b" else "error"
        any_door.sandbox.add_event(message=text, tags={"name": name}, level=level)
    rows = any_door.rows(query=query, field="tags[name]")
    assert sorted(row["tags[name]"] for row in rows) == found


def test_only_the_last_of_several_queries_counts(any_door):
    any_door.sandbox.add_event(correlation_id="a", title="mine", level="info")
    any_door.sandbox.add_event(correlation_id="b", title="theirs", level="error")
    rows = any_door.rows(query=["correlation_id:a", "level:error"])
    assert [row["title"] for row in rows] == ["theirs"]


def test_a_tab_ends_a_value_and_begins_free_text(any_door):
    tagged(any_door, "a")
    assert any_door.titles("correlation_id:a\tb") == []


def test_a_bare_number_with_a_comma_ends_at_the_comma(any_door):
    tagged(any_door, "5", "5,6")
    assert any_door.titles("correlation_id:5,6") == []
    assert any_door.titles("tags[correlation_id]:5,6") == ["5,6"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("timestamp:>{two}", ["new"]),
        ("timestamp:<={two}", ["old", "two"]),
        ("timestamp:-150m", ["new", "two"]),
        ("timestamp:+150m", ["old"]),
        ("timestamp:{two}", ["two"]),
    ],
)
def test_timestamps_compare_and_stand_for_a_window(any_door, query, found):
    for title, hours in (("new", 1), ("two", 2), ("old", 3)):
        any_door.sandbox.add_event(title=title, timestamp=ago(hours=hours))
    two = ago(hours=2).strftime("%Y-%m-%dT%H:%M:%S")
    assert any_door.titles(query.format(two=two)) == found


def test_a_date_alone_means_that_day(any_door):
    day = (NOW - timedelta(days=2)).replace(hour=0, minute=0, second=0)
    any_door.sandbox.add_event(title="on it", timestamp=day + timedelta(hours=23))
    any_door.sandbox.add_event(title="before", timestamp=day - timedelta(seconds=1))
    assert any_door.titles(f"timestamp:{day:%Y-%m-%d}") == ["on it"]


def test_a_timestamp_outside_of_the_range_is_refused(any_door):
    words = "Filter on timestamp is outside of the selected date range."
    assert any_door.refusal(query="timestamp:<2020-01-01", statsPeriod="1h") == words


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("event.type:error", ["KeyError: 'slot_id'"]),
        ("error.type:KeyError", ["KeyError: 'slot_id'"]),
        ("error.handled:true", ["Hello"]),
        ("error.handled:false", ["KeyError: 'slot_id'"]),
        ("error.unhandled:1", ["KeyError: 'slot_id'"]),
        ("title:Hello", ["Hello"]),
        ("!title:Hello", ["KeyError: 'slot_id'"]),
        ("level:[info,debug]", ["Hello"]),
        ("environment:staging", ["Hello"]),
        ("!environment:staging", ["KeyError: 'slot_id'"]),
        ("project:receptionist", ["Hello", "KeyError: 'slot_id'"]),
        ("!has:release", ["Hello", "KeyError: 'slot_id'"]),
    ],
)
def test_known_fields_are_searched_as_fields(any_door, query, found):
    raised = {"type": "KeyError", "value": "'slot_id'", "mechanism": {"type": "x", "handled": False}}
    any_door.sandbox.add_event(exception={"values": [raised]}, message="")
    any_door.sandbox.add_event(title="Hello", level="info", environment="staging")
    assert any_door.titles(query) == found


def test_an_event_is_found_by_its_id_with_or_without_dashes(any_door):
    event_id = any_door.sandbox.add_event(title="one")
    any_door.sandbox.add_event(title="two")
    dashed = f"{event_id[:8]}-{event_id[8:12]}-{event_id[12:16]}-{event_id[16:20]}-{event_id[20:]}"
    assert any_door.titles(f"id:{event_id}") == any_door.titles(f"id:{dashed}") == ["one"]


@pytest.mark.parametrize(
    "query", ["x (" + "a" * 3000 + " b:c)", "(" * 400, 'a:["' + 'x",' * 900, '\\"' * 900]
)
def test_hostile_queries_are_answered_quickly(any_door, query):
    assert any_door.events(query=query).elapsed < timedelta(seconds=1)
