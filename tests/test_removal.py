"""The old way can be removed as docs/migration.md says, and nothing else breaks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "data", "staticfiles", "browser", "images")
IMPORT_EVERYTHING = """
import importlib, pkgutil
import django, django.core.management
django.setup()
for package in ("dashboard", "sentry_logs"):
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not found.name.endswith(".__main__"):
            importlib.import_module(found.name)
django.core.management.call_command("check", fail_level="ERROR")
"""
STILL_TRUE = [
    "tests/contract/test_backends.py",
    "tests/services/test_marks.py",
    "tests/test_after_removal.py",
]
AFTER_REMOVAL = """
from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from waffle.testutils import override_flag


def test_with_the_flag_off_the_new_way_answers(support_client, sandbox):
    with override_flag("use_discover_api", active=False):
        answer = support_client.get("/api/sentry/error-check").json()
    assert answer["meta"]["asked"]["backend"] == "discover"


def test_there_is_nothing_to_compare(db):
    with pytest.raises(CommandError, match="the old way has been removed"):
        call_command("sentry_compare", "--environment", "production", "--period", "24h")


def test_the_check_asks_no_more_for_what_the_old_way_needed(sandbox, capsys):
    sandbox.tokens[sandbox.token] = {"org:read", "project:read"}
    call_command("sentry_check")
    assert "Old way" not in capsys.readouterr().out
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of the tree without the old way, removed by the very commands of the page."""
    tree = tmp_path_factory.mktemp("removal") / "tree"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
    page = (ROOT / "docs/migration.md").read_text()
    (commands,) = re.findall(r"^```sh\n(.*?)^```", page, re.M | re.S)
    subprocess.run(["sh", "-e", "-c", commands], cwd=tree, check=True)
    return tree


def run(tree: Path, *command: str) -> str:
    """Run a Python command in the copy, with its database in memory; return what it wrote."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("SENTRY_", "PYTEST_"))
    }
    environment |= {"DATABASE_URL": "sqlite://:memory:", "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tree, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_the_file_and_its_line_are_gone(copy):
    assert not (copy / "sentry_logs/backends/project_events.py").exists()
    assert (copy / "sentry_logs/backends/discover.py").exists()
    before, after = (
        (tree / "sentry_logs/backends/__init__.py").read_text().splitlines() for tree in (ROOT, copy)
    )
    assert len(before) - len(after) == 1


def test_everything_can_be_imported_and_checked(copy):
    run(copy, "-c", IMPORT_EVERYTHING)


def test_the_new_way_keeps_its_promises_and_the_flag_has_no_effect(copy):
    (copy / "tests/test_after_removal.py").write_text(AFTER_REMOVAL)

    words = run(copy, "-m", "pytest", "-v", "-p", "no:cacheprovider", *STILL_TRUE)

    assert words.count("test_after_removal.py::") == AFTER_REMOVAL.count("\ndef ")
    assert words.count("[discover-") > 5 and "project_events" not in words
