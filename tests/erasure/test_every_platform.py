"""A person erased, in what every platform really sends; a late or repeated webhook brings nobody back."""

from __future__ import annotations

import pytest

from dashboard.calls.models import Call
from dashboard.ingest.models import Delivery
from dashboard.ingest.platforms import PLATFORMS
from tests.erasure.test_erase_person import digits_in, dump, run
from tests.ingest.platforms.conftest import samples
from tests.ingest.test_samples import send  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("platform", PLATFORMS)
def test_nobody_is_left_and_nobody_comes_back(send, platform):  # noqa: F811  # the fixture
    for name in samples(platform):
        send(platform, name)
    calls = [call for call in Call.objects.all() if call.person_number.startswith("+")]
    numbers = {call.person_number for call in calls}
    assert numbers, "No sample of this platform names a person."
    before = dump()
    assert all(number[1:] in digits_in(before) for number in numbers)

    for number in sorted(numbers):
        run(number, "--yes")

    assert not any(number[3:] in digits_in(dump()) for number in numbers)

    for name in samples(platform):
        send(platform, name)

    again = Call.objects.filter(platform_call_id__in=[call.platform_call_id for call in calls])
    assert not again.exists()
    assert not any(number[3:] in digits_in(dump()) for number in numbers)
    late = Delivery.objects.filter(verdict=Delivery.Verdict.ERASED)
    assert late.exists() and not any(bytes(row.body) for row in late)
