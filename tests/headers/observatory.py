"""The score of Mozilla's HTTP Observatory, by the rules of mdn/mdn-http-observatory, src/grader/charts.js."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http.cookies import SimpleCookie

BONUS_FROM = 90
HALF_A_YEAR = 15_768_000
BROAD = {"*", "http:", "https:", "ftp:", "data:", "'unsafe-inline'", "'unsafe-eval'"}
PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
OPENERS = {"same-origin", "same-origin-allow-popups", "noopener-allow-popups"}


def score(headers: Mapping[str, str], cookies: SimpleCookie, html: str, *, redirects: bool) -> int:
    """Return 100 and all modifiers of a page over HTTPS; what is above counts only from 90 on.

    `redirects`: whether the same address over HTTP leads to the same host over HTTPS.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    parts = modifiers(lower, cookies, html, redirects=redirects).values()
    without_bonus = 100 + sum(part for part in parts if part < 0)
    if without_bonus < BONUS_FROM:
        return max(without_bonus, 0)
    return without_bonus + sum(part for part in parts if part > 0)


def modifiers(
    headers: Mapping[str, str], cookies: SimpleCookie, html: str, *, redirects: bool
) -> dict[str, int]:
    policy = _policy(headers.get("content-security-policy", ""))
    return {
        "csp": _csp(policy),
        "cookies": _cookies(cookies, bool(headers.get("strict-transport-security"))),
        "cors": -50 if "access-control-allow-credentials" in headers else 0,
        "redirection": 0 if redirects else -20,
        "referrer": _choice(headers.get("referrer-policy"), PRIVATE_REFERRERS, 5, 0, -5),
        "hsts": _hsts(headers.get("strict-transport-security", "")),
        "sri": _scripts(html),
        "nosniff": 0 if headers.get("x-content-type-options") == "nosniff" else -5,
        "frames": _frames(policy, headers.get("x-frame-options", "")),
        "corp": _choice(headers.get("cross-origin-resource-policy"), {"same-origin", "same-site"}, 10, 0, -5),
        "coep": _choice(
            headers.get("cross-origin-embedder-policy"), {"require-corp", "credentialless"}, 10, 0, -5
        ),
        "coop": _choice(headers.get("cross-origin-opener-policy"), OPENERS, 10, 0, -5),
    }


def _policy(text: str) -> dict[str, set[str]]:
    named = [directive.split() for directive in text.split(";") if directive.split()]
    return {name: set(sources) for name, *sources in named}


def _csp(policy: dict[str, set[str]]) -> int:
    if not policy:
        return -25
    default = policy.get("default-src", {"*"})
    if BROAD & (policy.get("script-src", default) | policy.get("object-src", default)):
        return -20
    if BROAD & policy.get("style-src", default):
        return 0
    return 10 if default == {"'none'"} else 5


def _cookies(cookies: SimpleCookie, hsts: bool) -> int:
    found = [0]
    for name, cookie in cookies.items():
        session = "sess" in name.lower() or "login" in name.lower()
        if not cookie["secure"]:
            found.append((-10 if session else -5) if hsts else (-40 if session else -20))
        if session and not cookie["httponly"]:
            found.append(-30)
        if "csrf" in name.lower() and not cookie["samesite"]:
            found.append(-20)
    if min(found) < 0 or not cookies:
        return min(found)
    return 5 if all(cookie["samesite"] in ("Lax", "Strict") for cookie in cookies.values()) else 0


def _hsts(text: str) -> int:
    age = re.search(r"max-age=(\d+)", text)
    if not age:
        return -20
    return 0 if int(age[1]) >= HALF_A_YEAR else -10


def _scripts(html: str) -> int:
    scripts = re.findall(r"<script\b[^>]*>", html)
    assert all(re.search(r'src="/[^/]', script) for script in scripts), "a script from elsewhere"
    return 5 if scripts and all("integrity=" in script for script in scripts) else 0


def _frames(policy: dict[str, set[str]], option: str) -> int:
    if policy.get("frame-ancestors", {"*"}) <= {"'none'", "'self'"}:
        return 5
    return 5 if option in ("DENY", "SAMEORIGIN") else -20


def _choice(value: str | None, good: set[str], gain: int, none: int, loss: int) -> int:
    return none if value is None else gain if value in good else loss
