"""Every reason that the platforms document means something here; what they do not is said to be unknown."""

from __future__ import annotations

import time

import pytest

from dashboard.calls.vocabulary import EndedBy, EndedReason, Fault, Outcome, Platform, Status
from dashboard.ingest.platforms.reasons import ending, status
from dashboard.ingest.platforms.reasons.elevenlabs import FAILED, FAILURE
from dashboard.ingest.platforms.reasons.rule import ending_by
from dashboard.ingest.reports import Ending
from tests.ingest.platforms.conftest import reasons

COUNTS = {"vapi": 571, "retell": 34, "livekit": 17}
MEAN_NOTHING = {"UNKNOWN_REASON", "error_unknown"}


@pytest.mark.parametrize(("platform", "count"), COUNTS.items())
def test_every_documented_reason_is_known(platform: str, count: int) -> None:
    documented = reasons(platform)
    assert len(set(documented)) == len(documented) == count
    for raw in documented:
        found = ending(Platform(platform), raw)
        assert found.is_known and found.raw == raw, raw
        assert (found.reason == EndedReason.UNKNOWN) == (raw in MEAN_NOTHING), raw


def test_twilios_and_elevenlabs_words_say_where_a_call_is() -> None:
    for raw in reasons("twilio"):
        assert status(Platform.TWILIO, raw), raw
        over = status(Platform.TWILIO, raw) == Status.ENDED
        assert ending(Platform.TWILIO, raw).is_known == over, raw
    for raw in reasons("elevenlabs"):
        assert status(Platform.ELEVENLABS, raw), raw


def test_vapis_providers_are_at_fault_as_often_as_its_list_says() -> None:
    found = [ending(Platform.VAPI, raw).fault for raw in reasons("vapi")]
    counts = {fault: found.count(fault) for fault in (Fault.LLM, Fault.TTS, Fault.STT)}
    assert counts == {Fault.LLM: 316, Fault.TTS: 114, Fault.STT: 56}


@pytest.mark.parametrize(
    ("platform", "raw", "reason", "outcome", "ended_by", "fault"),
    [
        ("vapi", "customer-ended-call", "caller_hangup", "completed", "caller", "none"),
        (
            *("vapi", "customer-ended-call-during-transfer"),
            *("caller_hangup_during_transfer", "abandoned", "caller", "none"),
        ),
        ("vapi", "assistant-said-end-call-phrase", "agent_hangup", "completed", "agent", "none"),
        ("vapi", "assistant-forwarded-call", "transferred", "transferred", "agent", "none"),
        ("vapi", "silence-timed-out", "silence_timeout", "timed_out", "system", "none"),
        ("vapi", "worker-shutdown", "platform_error", "failed", "platform", "platform"),
        (
            *("vapi", "call.in-progress.error-providerfault-openai-llm-failed"),
            *("llm_error", "failed", "platform", "llm"),
        ),
        (
            *("vapi", "call.in-progress.error-vapifault-eleven-labs-voice-failed"),
            *("tts_error", "failed", "platform", "tts"),
        ),
        (
            *("vapi", "pipeline-error-deepgram-returning-502-network-error"),
            *("stt_error", "failed", "platform", "stt"),
        ),
        (
            *("vapi", "call.in-progress.error-configfault-model-unsupported-in-squad"),
            *("config_error", "failed", "platform", "config"),
        ),
        (
            *("vapi", "call.in-progress.error-vapifault-something-new-failed"),
            *("platform_error", "failed", "platform", "platform"),
        ),
        ("retell", "user_hangup", "caller_hangup", "completed", "caller", "none"),
        ("retell", "error_llm_websocket_open", "llm_error", "failed", "platform", "ours"),
        ("retell", "call_take_over", "human_takeover", "transferred", "operator", "none"),
        ("retell", "scam_detected", "blocked_spam", "rejected", "platform", "none"),
        ("twilio", "busy", "busy", "busy", "callee", "none"),
        ("twilio", "failed", "telephony_error", "failed", "carrier", "telephony"),
        ("livekit", "CLIENT_INITIATED", "caller_hangup", "completed", "caller", "none"),
        ("livekit", "JS_FAILED", "agent_error", "failed", "platform", "ours"),
        ("elevenlabs", "Client disconnected: 1000", "caller_hangup", "completed", "caller", "none"),
        ("elevenlabs", "end_call tool was called.", "agent_hangup", "completed", "agent", "none"),
        ("elevenlabs", "Agent transferred to number", "transferred", "transferred", "agent", "none"),
        ("elevenlabs", "Max call DURATION reached", "max_duration", "timed_out", "system", "none"),
        ("elevenlabs", "LLM cascade error", "platform_error", "failed", "platform", "platform"),
    ],
)
def test_a_reason_means(
    platform: str, raw: str, reason: str, outcome: str, ended_by: str, fault: str
) -> None:
    assert ending(Platform(platform), raw) == Ending(
        Outcome(outcome), EndedBy(ended_by), EndedReason(reason), Fault(fault), raw=raw
    )


def test_a_failure_to_call_is_not_read_as_free_text() -> None:
    assert ending_by(FAILURE, "busy").outcome == Outcome.BUSY
    assert ending_by(FAILURE, "unknown").fault == Fault.TELEPHONY
    assert not ending_by(FAILURE, "very busy").is_known
    assert ending_by(FAILED, "any\nthing").reason == EndedReason.PLATFORM_ERROR


@pytest.mark.parametrize("platform", ["vapi", "retell", "twilio", "elevenlabs", "livekit"])
@pytest.mark.parametrize("raw", ["gremlins", "customer-ended-call\n\nx", "CUSTOMER-ENDED-CALL", "ＵＳＥＲ"])
def test_a_new_reason_is_unknown_and_invents_nothing(platform: str, raw: str) -> None:
    assert ending(Platform(platform), raw) == Ending(raw=raw, is_known=False)


@pytest.mark.parametrize("platform", ["vapi", "retell", "twilio", "elevenlabs", "livekit"])
@pytest.mark.parametrize(
    "piece", ["call.in-progress.error-", "max duration ", "a", "-failed", "\n", "\ud800\x00"]
)
def test_an_endless_reason_costs_nothing_and_fits_its_column(platform: str, piece: str) -> None:
    began = time.process_time()
    found = ending(Platform(platform), piece * 50_000)
    assert time.process_time() - began < 0.1
    assert len(found.raw) <= 200 and "\x00" not in found.raw and "\ud800" not in found.raw


@pytest.mark.parametrize("word", [None, 3, [], {}, "", "Ended", "in_progress"])
def test_a_word_that_is_no_status_says_nothing(word: object) -> None:
    assert status(Platform.VAPI, word) is None
