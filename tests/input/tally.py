"""How many inputs were tried at each door, told at the end of a run of the tests."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

tried: Counter[str] = Counter()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    tried.update(getattr(node, "workeroutput", {}).get("inputs", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["inputs"] = dict(tried)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if tried:
        terminalreporter.section("inputs tried")
        for door, count in sorted(tried.items()):
            terminalreporter.write_line(f"{count:>8,}  {door}")
        terminalreporter.write_line(f"{tried.total():>8,}  in all")
