"""The verdict on a call: what happened, whose part it was, what to do, and why we say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dashboard.calls.models import Call, CallDetail
from dashboard.calls.verdict import Verdict, decide
from dashboard.calls.verdict.words import NEXT, WHAT, WHOSE
from dashboard.calls.vocabulary import EndedBy, EndedReason, Fault, Outcome, Status
from sentry_logs.answers import ErrorMark

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
CLEAN = ErrorMark("clean")
ERRORS = ErrorMark("errors", {"error": 2}, "KeyError: 'slot'", START + timedelta(seconds=20))


def call(seconds: int = 60, **facts: Any) -> Call:
    known = {
        "platform": "vapi",
        "platform_call_id": "c-1",
        "status": Status.ENDED,
        "outcome": Outcome.COMPLETED,
        "ended_reason": EndedReason.AGENT_HANGUP,
        "ended_by": EndedBy.AGENT,
        "fault": Fault.NONE,
        "started_at": START,
        "ended_at": START + timedelta(seconds=seconds),
    }
    return Call(**known | facts)


def judged(mark: ErrorMark = CLEAN, of: Call | None = None, **detail: Any) -> Verdict:
    one = of or call()
    return decide(one, CallDetail(call=one, **detail), mark)


def turn(role: str, at: float, text: str = "I would like an appointment") -> dict[str, Any]:
    return {"role": role, "text": text, "atMs": int(at * 1000)}


def tool(at: float, *, failed: bool = True) -> dict[str, Any]:
    return {"name": "book", "atMs": int(at * 1000), "failed": failed}


def said(verdict: Verdict) -> list[str]:
    return [sign.text for sign in verdict.because]


def test_a_clean_complete_call_is_nobodys():
    verdict = judged()
    assert verdict.what == "The call was completed, and nothing broke."
    assert (verdict.part, verdict.weight, verdict.silent) == (Fault.NONE, "good", False)
    assert verdict.next_step == "Nothing needs doing."


@pytest.mark.parametrize("state", ["checking", "partly", "failed", "expired", "not_yet"])
def test_without_a_complete_answer_nothing_is_called_clean(state):
    verdict = judged(ErrorMark(state))
    assert "nothing broke" not in verdict.what and verdict.weight == "open"
    assert verdict.part == Fault.UNKNOWN
    assert verdict.next_step.startswith("Wait for Sentry")


def test_a_running_call_is_not_judged():
    verdict = judged(of=call(status=Status.IN_PROGRESS, ended_at=None), tool_calls=[tool(1)])
    assert verdict.what == "The call is running." and verdict.because == ()


@pytest.mark.parametrize("fault", [Fault.TTS, Fault.CONFIG, Fault.TELEPHONY, Fault.PLATFORM, Fault.CALLER])
def test_the_platforms_own_word_comes_first(fault):
    verdict = judged(ERRORS, of=call(outcome=Outcome.FAILED, fault=fault, ended_reason_raw="pipeline-error"))
    assert verdict.part == fault and verdict.weight == "bad" and not verdict.silent
    assert said(verdict)[0] == "Vapi gave the reason “pipeline-error”."


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("KeyError: 'slot'", Fault.OURS),
        ("APITimeoutError: openai did not answer", Fault.LLM),
        ("SpeechError: ElevenLabs answered 500", Fault.TTS),
        ("DeepgramError: stream closed", Fault.STT),
        ("TwilioRestException: HTTP 400", Fault.TELEPHONY),
        ("RoomError: LiveKit closed the room", Fault.PLATFORM),
        ("ImproperlyConfigured: no calendar", Fault.CONFIG),
        ("AuthenticationError: invalid api key for openai", Fault.CONFIG),
        ("AssertionError: gossip in a trunk of models", Fault.OURS),
    ],
)
def test_then_what_the_title_of_an_event_names(title, part):
    verdict = judged(replace(ERRORS, last_title=title))
    assert verdict.part == part and verdict.silent
    assert verdict.what == "The call was completed, but not everything went well."
    assert f"Sentry has 2 errors of this call; the last is “{title}”." in said(verdict)


def test_a_swallowed_tool_error_is_ours_and_silent():
    verdict = judged(tool_calls=[tool(5, failed=False), tool(12)])
    assert (verdict.part, verdict.silent) == (Fault.OURS, True)
    assert [(sign.text, sign.at) for sign in verdict.because][-1] == ("The tool “book” failed.", 12.0)


def test_many_failed_tools_are_counted():
    verdict = judged(tool_calls=[tool(at) for at in range(5)])
    assert said(verdict)[-1] == "2 more uses of tools failed."


def test_a_silent_agent_is_found_where_the_caller_had_finished():
    verdict = judged(
        transcript=[turn("caller", 10, "x" * 28), turn("agent", 31), turn("caller", 40), turn("agent", 44)]
    )
    (sign,) = [sign for sign in verdict.because if sign.at is not None]
    assert sign.text == "The agent was silent for 19 s while the caller waited." and sign.at == 12.0


def test_an_agent_that_never_answers_again_is_found():
    verdict = judged(transcript=[turn("agent", 1), turn("caller", 10, "Hello?")])
    assert "The agent did not answer in the last 50 s of the call." in said(verdict)


@pytest.mark.parametrize(("end", "found"), [(25, True), (31, False)])
def test_a_hang_up_soon_after_an_error(end, found):
    ended = call(end, ended_by=EndedBy.CALLER, ended_reason=EndedReason.CALLER_HANGUP)
    assert any("hung up" in text for text in said(judged(ERRORS, of=ended))) is found


def test_a_goodbye_of_the_agent_is_no_hang_up():
    assert not any("hung up" in text for text in said(judged(ERRORS, of=call(25))))


def test_a_caller_who_says_the_same_again_and_again():
    turns = [
        turn("caller", 10, "Hello, anybody there?"),
        turn("agent", 12),
        turn("caller", 14, "hello anybody THERE"),
        turn("agent", 16),
    ]
    assert not judged(transcript=turns).silent
    turns += [turn("caller", 18, "Hello -- anybody there"), turn("agent", 20)]
    assert "The caller said the same words 3 times." in said(judged(transcript=turns))


def test_short_words_may_be_repeated():
    turns = [turn(role, at * 2 + (role == "agent"), "Yes") for at in range(5) for role in ("caller", "agent")]
    assert not judged(transcript=turns).silent


def test_money_without_speech():
    only_agent = [turn("agent", 1, "Good morning")]
    text = "The call cost money, and no word of the caller was understood."
    assert text in said(judged(transcript=only_agent, cost_amount=Decimal("0.12")))
    assert text not in said(judged(transcript=only_agent))
    assert text not in said(judged(cost_amount=Decimal("0.12")))  # no transcript says nothing
    assert text not in said(judged(of=call(5), transcript=only_agent, cost_amount=Decimal("0.12")))


def test_the_platforms_judgement_and_slow_answers():
    assert "Vapi itself judged that the call did not reach its goal." in said(judged(success=False))
    assert "One answer in twenty took 6.2 s or longer." in said(judged(latency={"turnP95Ms": 6200}))
    assert not judged(success=True, latency={"turnP95Ms": 900}).silent


def test_a_caller_who_left_is_nobodys_fault():
    left = call(outcome=Outcome.ABANDONED, ended_reason=EndedReason.CALLER_HANGUP_BEFORE_ANSWER)
    verdict = judged(of=left)
    assert verdict.what == "The caller left early: caller left before greeting."
    assert verdict.part == Fault.CALLER


def test_every_word_of_the_vocabulary_has_its_sentence():
    assert set(WHAT) == set(Outcome) and set(NEXT) == set(Fault) == set(WHOSE)


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("mark", [CLEAN, ERRORS, ErrorMark("failed"), ErrorMark("warnings", {"warning": 1})])
def test_every_ending_has_a_whole_verdict(outcome, mark):
    for fault in Fault:
        verdict = judged(mark, of=call(outcome=outcome, fault=fault))
        assert verdict.what.endswith(".") and verdict.next_step.endswith(".") and verdict.because
        assert verdict.whose
