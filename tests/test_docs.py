"""The docs say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parent.parent
DOCS = {path.name: path.read_text() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]}
EVERYTHING = "\n".join(DOCS.values())


def test_every_variable_of_the_settings_is_explained():
    written = (ROOT / "dashboard/settings.py").read_text()
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', written)) | set(settings.WEBHOOK_VARIABLES)

    assert names == set(re.findall(r"^\| `([A-Z_]+)` \|", DOCS["configuration.md"], re.M))


def test_every_json_door_is_described():
    doors = {
        f"/api/sentry/{pattern.pattern}" for pattern in get_resolver("sentry_logs.api_urls").url_patterns
    }

    assert doors == set(re.findall(r"^## `(/api/sentry/[^`]+)`", DOCS["api.md"], re.M))


def test_every_command_in_the_docs_exists():
    named = set(re.findall(r"manage\.py (\w+)", EVERYTHING))

    assert named <= set(get_commands())


def test_every_make_target_in_the_docs_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))

    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", EVERYTHING, re.M)) <= targets


@pytest.mark.parametrize("name", sorted(DOCS))
def test_every_link_leads_to_a_file(name):
    folder = ROOT / "docs" if (ROOT / "docs" / name).exists() else ROOT
    links = re.findall(r"\]\(([^)#]+?)\)", DOCS[name])

    assert [link for link in links if "://" not in link and not (folder / link).exists()] == []


def test_the_version_is_the_changelogs():
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version and f"## v{version.group(1)}" in DOCS["CHANGELOG.md"]
