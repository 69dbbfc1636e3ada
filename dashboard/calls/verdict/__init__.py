"""What happened in a call, whose part it was, what to do next, and why we say so."""

from dashboard.calls.verdict.deciding import Verdict, decide
from dashboard.calls.verdict.findings import Finding

__all__ = ["Finding", "Verdict", "decide"]
