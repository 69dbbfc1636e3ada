from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError

from dashboard.calls.vocabulary import Direction, EndedReason, Outcome, Platform
from tests.factories import NOON, make_call

pytestmark = pytest.mark.django_db


def test_a_platform_has_one_call_with_an_id_in_an_environment():
    make_call(platform_call_id="same")
    with pytest.raises(IntegrityError):
        make_call(platform_call_id="same")


@pytest.mark.parametrize("other", [{"environment": "staging"}, {"platform": Platform.RETELL}])
def test_the_same_id_may_come_again_elsewhere(other):
    make_call(platform_call_id="same")
    assert make_call(platform_call_id="same", **other).pk


def test_a_call_cannot_end_before_it_starts():
    with pytest.raises(IntegrityError):
        make_call(started_at=NOON, ended_at=NOON - timedelta(seconds=1))


def test_a_call_has_an_id():
    with pytest.raises(IntegrityError):
        make_call(platform_call_id="")


def test_the_person_of_an_outbound_call_is_the_one_called():
    call = make_call(direction=Direction.OUTBOUND, from_number="+442079460000", to_number="+15550100123")
    assert call.person_number == "+15550100123"


def test_a_running_call_counts_its_seconds_so_far(time_machine):
    time_machine.move_to(NOON + timedelta(seconds=95), tick=False)
    assert make_call(running=True, started_at=NOON).seconds == 95


def test_an_ended_call_keeps_the_length_the_platform_gave():
    assert make_call(duration_ms=181_000).seconds == 181


def test_a_reason_that_nobody_knows_is_not_said():
    assert make_call(ended_reason=EndedReason.UNKNOWN).reason == ""
    assert make_call(ended_reason=EndedReason.TTS_ERROR).reason == "speech provider error"


@pytest.mark.parametrize(
    ("outcome", "badly"),
    [(Outcome.FAILED, True), (Outcome.TRANSFER_FAILED, True), (Outcome.NO_ANSWER, False)],
)
def test_only_failures_of_ours_went_badly(outcome, badly):
    assert make_call(outcome=outcome).went_badly is badly
