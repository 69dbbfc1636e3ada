"""`python -m tests.bench.viewers`: what viewers feel and what Sentry gets while things go well and wrong.

Requests are sent at fixed moments, whether or not earlier ones were answered, as people do.
"""

from __future__ import annotations

import html
import re
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

from sentry_logs.sandbox import Sandbox, start_sandbox
from sentry_logs.sandbox.scenarios import Scenario
from tests.bench.installation import Installation, installation

SEED = 7
PAGE = "/calls/"
PAGES_A_SECOND = 8
FILTERS = [f"{PAGE}?{name}={value}" for name, value in (("range", "7d"), ("range", "30d"), ("errors", "1"))]


@dataclass
class Run:
    """Seconds a request, and how many of them failed."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.seconds, n=20)[-1]


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20, help="length of a part; the viewers stay for 9")
    asked = parser.parse_args()
    now = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory() as folder,
        start_sandbox(scenario=Scenario(SEED, now)) as sandbox,
        installation(sandbox, Path(folder), SEED, now.isoformat()) as place,
    ):
        sys.stdout.write("| what was done | result |\n|---|---:|\n")
        for name, result in figures(place, asked.viewers, asked.seconds):
            sys.stdout.write(f"| {name} | {result} |\n")
            sys.stdout.flush()


def figures(place: Installation, viewers: int, seconds: int) -> Iterator[tuple[str, str]]:
    marks = marks_url(place, PAGE)
    if load(place, [PAGE, marks], 5, 4).failed:
        raise SystemExit("The installation does not answer its viewer.")
    long = seconds * 9
    yield (
        f"{viewers} viewers of one page for {long} s: requests to Sentry a minute",
        per_minute(place.sandbox, long, lambda: load(place, [marks], viewers / 60, long)),
    )
    pages = list(islice(pages_of(place), 40))
    fragments = [marks_url(place, page) for page in pages]
    yield (
        f"{viewers} viewers of {len(pages)} pages and filters for {long} s: requests to Sentry a minute",
        per_minute(place.sandbox, long, lambda: load(place, fragments, viewers / 60, long)),
    )
    yield "warm fragment of marks, times an empty view", f"{ratio(place, marks, '/'):.1f}"
    yield "p95 of the calls page, Sentry hanging, times healthy", f"{hanging(place, marks, seconds):.2f}"
    for name, failed, total in bad_weather(place, marks, seconds):
        yield f"failed page views while {name}", f"{failed} of {total}"


def load(place: Installation, paths: Sequence[str], rate: float, seconds: float) -> Run:
    run = Run()
    began = time.monotonic()

    def view(path: str, due: float) -> None:
        time.sleep(max(0.0, began + due - time.monotonic()))
        sent = time.monotonic()
        try:
            status, _body = place.get(path)
        except OSError:
            status = 0
        run.seconds.append(time.monotonic() - sent)
        run.failed += status != 200

    number = max(1, round(rate * seconds))
    with ThreadPoolExecutor(64) as people:
        for index, path in enumerate(islice(cycle(paths), number)):
            people.submit(view, path, index / rate)
    return run


def per_minute(sandbox: Sandbox, seconds: float, act: Callable[[], Run]) -> str:
    sandbox.clear_requests()
    run = act()
    asked = sandbox.requests
    marks = sum(any("level:[" in query for query in request.values("query")) for request in asked)
    once = len(asked) - marks
    return (
        f"{marks / (seconds / 60):.2f} (and {once} once, of the canary and the project; {run.failed} failed)"
    )


def ratio(place: Installation, path: str, empty: str) -> float:
    """Compare two addresses turn by turn, each asked alone."""
    times: dict[str, list[float]] = {path: [], empty: []}
    place.get(path)
    for _number in range(150):
        for address, seconds in times.items():
            began = time.perf_counter()
            place.get(address)
            seconds.append(time.perf_counter() - began)
    return statistics.median(times[path]) / statistics.median(times[empty])


def hanging(place: Installation, marks: str, seconds: int) -> float:
    """Return the median of three pairs: pages beside fragments that wait for a hanging Sentry, or not."""
    ratios = []
    for _pair in range(3):
        healthy = beside(place, marks, seconds)
        place.sandbox.faults.set("hang")
        ratios.append(beside(place, marks, seconds).p95 / healthy.p95)
        place.sandbox.faults.clear()
    return statistics.median(ratios)


def beside(place: Installation, marks: str, seconds: int) -> Run:
    """Load pages while fragments of calls and logs are asked for too."""
    logs = [f"/logs/call/?id=bench-{number}&started=2026-01-01T00:00:00Z&range=90d" for number in range(50)]
    with ThreadPoolExecutor(1) as other:
        background = other.submit(load, place, [marks, *logs], PAGES_A_SECOND / 2, seconds)
        run = load(place, [PAGE], PAGES_A_SECOND, seconds)
        background.result()
    return run


def bad_weather(place: Installation, marks: str, seconds: int) -> Iterator[tuple[str, int, int]]:
    weather: list[tuple[str, str, dict[str, object]]] = [
        ("Sentry closes connections", "close", {}),
        ("Sentry answers 503", "html", {"status": 503}),
        ("Sentry limits us", "rate_limited", {"seconds": seconds}),
        ("Sentry hangs", "hang", {}),
    ]
    for name, fault, settings in weather:
        place.sandbox.faults.set(fault, **settings)
        run = beside(place, marks, seconds)
        place.sandbox.faults.clear()
        yield name, run.failed, len(run.seconds)
    if place.cache:
        place.cache.stop()
        run = beside(place, marks, seconds)
        yield "Redis is stopped", run.failed, len(run.seconds)
        place.cache.start()
        run = beside(place, marks, seconds)
        yield "Redis has come back", run.failed, len(run.seconds)


def pages_of(place: Installation) -> Iterator[str]:
    """Walk the table and its filters, page by page."""
    for first in [PAGE, *FILTERS]:
        page: str | None = first
        while page:
            yield page
            _status, body = place.get(page)
            older = re.search(r'href="([^"]+)" rel="next"', body)
            page = PAGE + html.unescape(older.group(1)) if older else None


def marks_url(place: Installation, page: str) -> str:
    _status, body = place.get(page)
    found = re.search(r'hx-get="(/calls/marks/[^"]+)"', body)
    return html.unescape(found.group(1)) if found else page


if __name__ == "__main__":
    main()
