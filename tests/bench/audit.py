"""`python -m tests.bench.audit`: how quickly processes write the audit trail together, and how it is walked.

On a SQLite file of its own, or on the empty database of DATABASE_URL.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.audit.test_writers import prepared

ENTRIES = 4_000
WRITE = """
import sys, time, django
django.setup()
from dashboard.audit.record import Event, record
record(Event.CALL_OPENED)
print("ready", flush=True)
sys.stdin.readline()
times = []
for place in range(int(sys.argv[1])):
    begun = time.perf_counter()
    record(Event.CALL_OPENED, detail=f"{place}")
    times.append(time.perf_counter() - begun)
times.sort()
print(f"{times[len(times) // 2] * 1000:.2f} {times[int(len(times) * 0.99)] * 1000:.2f}", flush=True)
"""


def write(environment: dict[str, str], writers: int) -> None:
    """Let so many processes write ENTRIES together, and say how quickly they did."""
    command = [sys.executable, "-c", WRITE, str(ENTRIES // writers)]
    running = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(writers)
    ]
    for one in running:
        assert one.stdout and one.stdout.readline() == "ready\n"
    begun = time.perf_counter()
    for one in running:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    took = [[float(part) for part in one.communicate()[0].split()] for one in running]
    rate = ENTRIES / (time.perf_counter() - begun)
    median, slow = max(median for median, _ in took), max(slow for _, slow in took)
    say(f"{writers} writers: {rate:,.0f} entries a second, p50 {median:.2f} ms, p99 {slow:.2f} ms")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{Path(folder) / 'trail.sqlite3'}"
        environment = prepared(url)
        for writers in (1, 2, 4):
            write(environment, writers)
        begun = time.perf_counter()
        command = [sys.executable, "manage.py", "verify_audit", "--skip-checks"]
        subprocess.run(command, env=environment, check=True)
        say(f"Walked in {time.perf_counter() - begun:.1f} s, the start of the program included.")


if __name__ == "__main__":
    main()
