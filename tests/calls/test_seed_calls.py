from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dashboard.calls.models import Call
from dashboard.calls.seeding import FACTS, save_calls
from sentry_logs.sandbox.scenarios import spread
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def seed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("seed_calls", *arguments, stdout=out)
    return out.getvalue()


def test_it_makes_as_many_calls_as_asked_over_ninety_days():
    assert seed("300") == "300 new calls, 0 were there already.\n"
    ages = [timezone.now() - call.started_at for call in Call.objects.newest_first()]
    assert len(ages) == 300
    assert ages[0] < timedelta(days=2) and timedelta(days=85) < ages[-1] < timedelta(days=91)


def test_a_second_run_adds_only_the_calls_made_since(time_machine):
    time_machine.move_to(NOON, tick=False)
    seed("200")
    assert seed("200").startswith("0 new calls")
    time_machine.move_to(NOON + timedelta(days=9), tick=False)
    seed("200")
    assert 215 < Call.objects.count() < 225


def test_another_seed_makes_other_calls():
    seed("50"), seed("50", "--seed", "2")
    assert Call.objects.count() == 100


@pytest.mark.parametrize("count", ["0", "-5", "99999999999"])
def test_a_senseless_number_is_refused(count):
    with pytest.raises(CommandError, match="from 1 to"):
        seed(count)


def test_every_made_call_uses_the_vocabulary():
    seed("300")
    for call in Call.objects.all():
        call.full_clean()


def test_saving_again_refreshes_what_is_known():
    made = next(spread(1, NOON, 1))
    save_calls([made])
    assert save_calls([replace(made, line="Harbour Hotel")]) == 0
    assert Call.objects.get().line == "Harbour Hotel"


def test_a_call_that_comes_twice_is_saved_once():
    made = next(spread(1, NOON, 1))
    assert save_calls([made, replace(made, line="Harbour Hotel")]) == 1
    assert Call.objects.get().line == "Harbour Hotel"


def test_all_facts_are_saved():
    made = next(spread(1, NOON, 1))
    save_calls([made])
    call = Call.objects.get()
    assert {name: getattr(call, name) for name in FACTS} == {name: getattr(made, name) for name in FACTS}


def test_progress_counts_to_the_end():
    told: list[int] = []
    save_calls(spread(1, NOON, 4_100), told.append)
    assert told == [2_000, 4_000, 4_100]
