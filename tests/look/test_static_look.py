from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from sentry_logs.templatetags.sentry_logs import ICONS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
SPRITE = (ROOT / "static" / "img" / "icons.svg").read_text()


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_a_template_has_no_inline_code_or_style(template: Path) -> None:
    text = template.read_text()

    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", text, re.IGNORECASE)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_every_static_file_of_a_template_exists(template: Path) -> None:
    text = template.read_text()
    paths = re.findall(r"""{% static ["']([^"']+)["'] %}""", text)
    paths += re.findall(r'{% get_static_prefix %}([^"#]+)', text)

    assert [path for path in paths if not finders.find(path)] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_every_icon_of_a_template_is_in_the_sprite(template: Path) -> None:
    text = template.read_text()
    used = re.findall(r"""{% icon ["']([^"']+)["']""", text) + re.findall(r"icons\.svg#(\w+)", text)

    assert set(used) <= ICONS


def test_the_icons_we_know_are_those_of_the_sprite() -> None:
    assert set(re.findall(r'<symbol id="(\w+)"', SPRITE)) == ICONS


def test_the_base_page_lists_every_stylesheet_once() -> None:
    listed = re.findall(r'{% static "css/([^"]+)" %}', (ROOT / "templates" / "base.html").read_text())

    assert sorted(listed) == [path.name for path in STYLES]


@pytest.mark.parametrize("style", [path for path in STYLES if path.name != "tokens.css"], ids=named)
def test_colours_are_tokens(style: Path) -> None:
    text = style.read_text()

    assert not re.search(r"#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|light-dark)a?\(", text, re.IGNORECASE)


@pytest.mark.parametrize("style", STYLES, ids=named)
def test_every_token_and_file_that_a_stylesheet_uses_exists(style: Path) -> None:
    defined = set(re.findall(r"(--[\w-]+):", (ROOT / "static" / "css" / "tokens.css").read_text()))
    text = style.read_text()

    assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= defined
    assert all((style.parent / path).resolve().is_file() for path in re.findall(r'url\("([^"]+)"\)', text))


@pytest.mark.parametrize("vendor", ["inter", "lucide"])
def test_vendored_files_keep_their_licence(vendor: str) -> None:
    assert (ROOT / "static" / "vendor" / vendor / "LICENSE").is_file()
