"""What may stand where a platform puts its signature."""

# fmt: off
from __future__ import annotations

SIGNATURES = [
    *("v=1,d=", "v=1,d=" + "a" * 64, "v=" + "9" * 5000 + ",d=" + "a" * 64, "v=\xb2,d=" + "a" * 64, "t=1", "t=,v0="),
    *("t=1,v0=" + "a" * 64, "t=1_0,v0=x", "t=" + "9" * 5000 + ",v0=x", "t=-1" + ",v0=x" * 200, "t=nan,v0=x", "v0=x"),
    *("a" * 40, "A" * 64, "sha256=" + "a" * 64, "sha256:" + "f" * 63, "=" * 44, "a.b.c", "..", "eyJhbGciOiJub25lIn0.e30."),
    *("eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "eyJhbGciOiJIUzI1NiJ9." + "A" * 9000 + ".AAAA", "W10.W10.W10", "bnVsbA.bnVsbA.a"),
    *("Bearer", "Bearer \xe9", "Basic YTpi", "\xe9" * 64, "1", "9" * 30, "\xb9" * 10, "a.\xff.c", "eyJhIjpOYU59.e30.a"),
]
