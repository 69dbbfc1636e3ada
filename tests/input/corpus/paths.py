"""Pieces of a path as they stand on the wire, where an id should be."""

# fmt: off
from __future__ import annotations

from urllib.parse import quote

from tests.input.asking import MARKER

UUID = "4f0c1d2e-3a4b-4c5d-8e6f-7a8b9c0d1e2f"

IDS = [
    *(UUID, UUID.upper(), UUID.replace("-", ""), UUID[:-1], UUID + "0", "{" + UUID + "}", "urn:uuid:" + UUID),
    *(UUID.replace("4", "\u0664").encode().decode("latin-1"), UUID.replace("a", "%D0%B0"), UUID + "%00", UUID + "%0a"),
    *("0" * 32, "00000000-0000-0000-0000-000000000000", "g" * 32, "-" * 36, "1", "0", "-1", "9" * 40, "9" * 5000),
]
TRICKS = [
    *(".", "..", "../..", "%2e", "%2e%2e", "%2e%2e%2f", "..%2f..%2fetc%2fpasswd", "%252e%252e%252f", "..%5c..%5c"),
    *("..;", "..;/", ";", ";a=b", "a;b=c/d", ";jsessionid=1", "a%3bb", "%2f", "%2f%2f", "a%2fb", "a//b", "//", "///"),
    *("%00", "a%00", "%00a", "a%00b", "%0d%0a", "a%0d%0aX-Y:%20z", "%0a", "%09", "%20", "a%20b", "+", "a+b", "%7f"),
    *("%", "%%", "%2", "%zz", "%u0041", "%25", "%2525", "%c0%ae%c0%ae", "%c0%af", "%e0%80%ae", "%ff", "%fe%ff"),
    *("%ed%a0%80", "%ed%bf%bf", "%f4%90%80%80", "%c3", "%c3%28", "%e2%82", "\xff", "\xc3\xa9", "\xe9", "\x80"),
    *("?", "#", "%3f", "%23", "a%3fb", "a%23b", "*", "%2a", "'", '"', "%22", "`", "|", "^", "[", "]", "{", "}", "<", ">"),
    *("~", "~root", "~/.ssh", "$HOME", "$(id)", "`id`", "@", "a@b", "a:b", ":", "=", "&", "a&b", "!", ",", "a,b"),
]
TEXTS = [
    quote(text) for text in (
        *(MARKER, "<script>alert(1)</script>", "' OR 1=1 --", '" OR level:error', "{{7*7}}", "${7*7}", "__proto__"),
        *("\u202ecall-1", "call\u200b-1", "\u0441all-1", "\uff43\uff41\uff4c\uff4c", "\U0001f600", "\uffff", "\u2028", "\u0130"),
        *("a\u0301" * 60, "\x1b[31m", "\x85", "\ufeff", "\uf00d", "con", "aux.txt", ".git/config", "wp-login.php", ".env"),
        *("a" * 200, "a" * 201, "a" * 3900, "\u00e9" * 400, "/" * 500, "a/" * 400, "admin", "change", "add", "delete"),
    )
]
PIECES = [*IDS, *TRICKS, *TEXTS]
