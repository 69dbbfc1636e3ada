from __future__ import annotations

from sentry_logs import services
from sentry_logs.backends import Filters
from sentry_logs.periods import PERIODS


def test_the_old_way_has_no_log_lines_and_says_so(old_way, sandbox, day):
    sandbox.add_log(correlation_id="a")
    asked = Filters(correlation_id="a")
    assert old_way.log_lines(asked, day, limit=100, cursor=None).state == "unsupported"
    assert old_way.log_counts(asked, day).state == "unsupported"


def test_an_answer_of_the_old_way_is_not_less_complete_for_it(sandbox, now):
    event = sandbox.add_event(correlation_id="a", timestamp=now)
    answer = services.events_for_call(
        "a", backend="project_events", environment="all", period=PERIODS["24h"], wait=5.0
    )
    assert [found.id for found in answer.value.events] == [event]
    assert answer.complete
    assert [source.state for source in answer.sources] == ["ok", "unsupported"]
