from __future__ import annotations

from typing import TextIO

WIDTH = 40


class ProgressBar:
    """A bar on a terminal; writes nothing to anything else."""

    def __init__(self, stream: TextIO, unit: str = "questions") -> None:
        self.stream = stream
        self.unit = unit
        self.shown = stream.isatty()

    def __call__(self, done: int, total: int) -> None:
        if not self.shown:
            return
        bar = "█" * (done * WIDTH // max(total, 1))
        self.stream.write(f"\r{bar:<{WIDTH}} {done:,} of {total:,} {self.unit}")
        self.stream.flush()

    def end(self) -> None:
        if self.shown:
            self.stream.write("\r\033[K")
            self.stream.flush()
