"""All of this room again with every value at every place, and ten times as many generated inputs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path.name for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__))


@pytest.mark.long
@pytest.mark.parametrize("name", FILES)
def test_ten_times_as_many_inputs_are_taken_well(name):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:playwright"]
    done = subprocess.run(
        [*command, "-p", "no:base_url", "--show-capture=no", f"tests/input/{name}"],
        cwd=ROOT,
        env=os.environ | {"HYPOTHESIS_PROFILE": "long"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
