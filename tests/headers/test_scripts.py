from __future__ import annotations

import hashlib
import re
from base64 import b64decode

import pytest
from django.contrib.staticfiles import storage
from django.test import Client

from dashboard.templatetags import scripts


def loaded(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<script src="([^"]+)" integrity="sha384-([^"]+)" defer></script>', html)


def test_every_script_has_the_fingerprint_of_what_is_served(db):
    client = Client()
    html = client.get("/login/").content.decode()

    assert len(loaded(html)) == html.count("<script") > 3
    for source, fingerprint in loaded(html):
        body = b"".join(client.get(source).streaming_content)
        assert hashlib.sha384(body).digest() == b64decode(fingerprint), source


def test_collected_scripts_have_the_fingerprint_of_what_was_collected(settings, tmp_path, monkeypatch):
    settings.STATIC_ROOT = tmp_path
    collected = storage.ManifestStaticFilesStorage(location=tmp_path, base_url="/static/")
    monkeypatch.setattr(scripts, "staticfiles_storage", collected)
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "app.0123.js").write_text("1\n")
    collected.hashed_files = {"js/app.js": "js/app.0123.js"}

    assert scripts._served("js/app.js") == tmp_path / "js" / "app.0123.js"


def test_a_script_that_is_not_there_fails_the_page():
    with pytest.raises(FileNotFoundError):
        scripts._tag("js/nothing.js")


def test_htmx_neither_evaluates_nor_keeps_nor_asks_others(db):
    html = Client().get("/login/").content.decode()
    (config,) = re.findall(r"""name="htmx-config" content='([^']+)'""", html)

    for wanted in (
        '"allowEval": false',
        '"allowScriptTags": false',
        '"historyCacheSize": 0',
        '"includeIndicatorStyles": false',
        '"selfRequestsOnly": true',
    ):
        assert wanted in config
