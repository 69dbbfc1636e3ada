"""Lines of a file, one at a time, with their numbers and places."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

LONGEST_LINE = 5 * 1024 * 1024
BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class LineRefused(ValueError):
    """A line that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """`end` is the place of the byte after the line; `data` of a line that is too long is its beginning."""

    number: int
    end: int
    data: bytes

    @property
    def text(self) -> str:
        """Return the line as text; raise LineRefused if it has none."""
        if len(self.data) > LONGEST_LINE:
            raise LineRefused(f"The line is longer than {LONGEST_LINE:,} bytes.")
        if b"\0" in self.data:
            raise LineRefused("The line has a NUL byte.")
        try:
            return self.data.decode()
        except UnicodeDecodeError as error:
            raise LineRefused("The line is not UTF-8.") from error


class Lines(Iterator[Line]):
    """Reads lines on from a place and a number; what was read too far can be put back."""

    def __init__(self, stream: BinaryIO, place: int = 0, number: int = 0) -> None:
        self.stream, self.place, self.number = stream, place, number
        if place:
            stream.seek(place)
        self._waiting: deque[Line] = deque()

    def __next__(self) -> Line:
        if self._waiting:
            return self._waiting.popleft()
        data = self.stream.readline(LONGEST_LINE + 1)
        if not data:
            raise StopIteration
        self.number += 1
        self.place += len(data)
        rest = data
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = self.stream.readline(LONGEST_LINE + 1)
            self.place += len(rest)
        if self.number == 1:
            data = data.removeprefix(BOM)
        return Line(self.number, self.place, data)

    def put_back(self, lines: Iterable[Line]) -> None:
        self._waiting.extendleft(reversed(list(lines)))
