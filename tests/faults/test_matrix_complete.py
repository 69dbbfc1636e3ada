"""Every fault has its test. The rows are those of the fault matrix for Sentry, the cache and the client."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent

MATRIX = {
    "S1": [
        "connection refused",
        "test_a_refused_connection",
        "test_sentry_is_left_alone_after_five_failures",
    ],
    "S2": ["name not found, slow", "test_a_name_that_nobody_knows", "test_a_slow_name_look_up_counts"],
    "S3": ["certificate", "test_a_wrong_certificate", "test_a_good_certificate"],
    "S4": ["connection times out", "test_a_server_that_does_not_accept"],
    "S5": ["no first byte", "test_a_bad_answer_is_told_from_no_events"],
    "S6": ["body drips", "test_a_body_that_drips"],
    "S7": ["headers drip", "test_an_answer_that_drips"],
    "S8": ["answer cut", "test_an_answer_that_is_cut", "test_half_an_answer_without_a_length"],
    "S9": ["no honest JSON", "test_a_bad_answer_is_told_from_no_events"],
    "S10": [
        "HTML with 200",
        "test_a_login_page_instead_of_sentry",
        "test_a_bad_answer_is_told_from_no_events",
    ],
    "S11": ["HTML 502, 503, 504", "test_a_bad_answer_is_told_from_no_events"],
    "S12": ["500 with an id", "test_the_error_id_is_for_administrators"],
    "S13": ["query timeout", "test_after_a_question_that_was_too_much_the_page_offers_a_shorter_time"],
    "S14": ["permanent 400", "test_a_search_that_sentry_does_not_understand_is_no_trouble_of_sentry"],
    "S15": ["401, 403", "test_a_refused_key_is_not_tried_again_for_a_minute"],
    "S16": ["404", "test_a_bad_answer_is_told_from_no_events"],
    "S17": ["unknown environment", "test_an_environment_that_sentry_never_saw"],
    "S18": ["429 with a moment", "test_after_a_limit_nobody_asks", "test_after_the_limit_one_asks"],
    "S19": ["429 without one", "test_a_limit_without_a_moment", "test_a_proxy_may_name_the_moment_as_a_date"],
    "S20": ["redirect", "test_a_redirect_is_never_followed"],
    "S21": ["foreign link", "test_the_address_in_a_link_is_never_asked", "test_a_cursor_that_is_none"],
    "S22": ["gigantic body", "test_a_bad_answer_is_told_from_no_events"],
    "S23": ["duplicates", "test_an_event_that_comes_twice", "test_a_group_that_comes_twice"],
    "S24": ["endless cursors", "test_a_cursor_that_comes_again", "test_ever_new_cursors_end"],
    "S25": ["clock skew", "test_a_clock_that_is_ahead", "test_the_end_of_a_limit_is_counted_by_the_clock"],
    "S26": ["odd rows", "test_a_row_that_cannot_be_shown"],
    "S27": ["filter ignored", "test_rows_of_another_call", "test_rows_of_other_calls_alone"],
    "S28": ["flapping", "test_when_half_of_the_answers_are_bad"],
    "S29": ["keep-alive closed", "test_a_connection_that_ended_unnoticed"],
    "S30": ["recovery", "test_after_an_outage_two_hundred_viewers_are_one_question"],
    "C1": ["Redis down", "test_without_redis_pages_go_on", "test_a_process_without_redis"],
    "C2": ["Redis hangs", "test_a_redis_that_hangs"],
    "C3": ["Redis slow", "test_a_slow_redis"],
    "C4": ["Redis full", "test_a_full_redis", "test_a_cache_that_forgets"],
    "C5": ["Redis emptied", "test_a_redis_emptied_under_load"],
    "C6": ["entries poisoned", "test_poisoned_entries", "test_no_environment_reads"],
    "C7": ["leader killed", "test_a_leader_that_is_killed", "test_a_slow_owner_does_not_free"],
    "U1": ["request abandoned", "test_a_request_that_was_left"],
}
ROWS = [*(f"S{number}" for number in range(1, 31)), *(f"C{number}" for number in range(1, 8)), "U1"]


def test_the_matrix_has_every_row():
    assert list(MATRIX) == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_tests(row):
    _fault, *wanted = MATRIX[row]
    assert wanted
    assert [name for name in wanted if not any(test.startswith(name) for test in _tests())] == []


def test_the_rows_that_share_a_test_are_all_in_its_table():
    text = (FOLDER / "test_answers.py").read_text()
    shared = [row for row, named in MATRIX.items() if "test_a_bad_answer_is_told_from_no_events" in named]
    assert set(shared) <= set(re.findall(r'^    \("(S\d+)",', text, re.M))


def _tests() -> set[str]:
    files = [ast.parse(path.read_text()) for path in FOLDER.glob("test_*.py")]
    return {node.name for file in files for node in file.body if isinstance(node, ast.FunctionDef)}
