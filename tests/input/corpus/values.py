"""Values that a parameter, a field or a piece of a path may be given, as bytes on the wire once decoded."""

# fmt: off
from __future__ import annotations

from tests.input.asking import MARKER

NOTHING = ["", " ", "   ", "\t", "\n", "\r\n", "\x00", "\u00a0", "\u200b", "\u3000", "\ufeff"]
NUMBERS = [
    *("0", "-0", "1", "-1", "+1", "01", "1_0", "1e3", "1e999", "-1e999", "0x10", "0b1", "1.5", "1,5", ".5"),
    *("NaN", "nan", "inf", "-Infinity", "9" * 19, "9" * 40, "9" * 5000, "-" + "9" * 5000, "2147483648"),
    *("9223372036854775808", "\u0661\u0662\u0663", "\uff11\uff12", "\u00bd", "\u2460", "1 2", "1\x002"),
]
MOMENTS = [
    *("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00.000001+23:59", "9999-12-31T23:59:59.999999-23:59"),
    *("9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T12:00:60Z", "0000-00-00"),
    *("2026-11-23", "12:00", "2026-11-23T12:00:00", "2026-11-23T12:00:00.0+9999", "2026-W48-1", "20261123T120000Z"),
    *("2026-11-23T12:00:00+24:00", "-2026-11-23T12:00:00Z", "2026-11-23T12:00:00,5Z", "1764000000", "now", "1.5d"),
]
TEXTS = [
    *(MARKER, '">' + MARKER, "<script>alert(1)</script>", "javascript:alert(1)", "{{7*7}}", "{% debug %}"),
    *("${jndi:ldap://x}", "%", "%%", "%s", "%00", "%n%n%n", "{0}", "{0.__class__}", "\\", "\\x00", "\\u0000"),
    *("'", '"', "`", "''", "' OR 1=1 --", "'; DROP TABLE calls_call; --", "\" OR level:error", "a\\' OR 1"),
    *("*", "?", "[", "]", "[]", "(", ")", "((((((", "a|b", "&", "&&", "=", ";", "#", "//", "../../etc/passwd"),
    *("..\\..\\", "/etc/passwd\x00.png", "file:///etc/passwd", "http://evil.example.test/", "//evil.test", "http://["),
    *("a\r\nSet-Cookie: x=1", "a\nERROR fake line", "\x1b[31mred", "\x7f", "\x85", "\u2028", "\u2029"),
    *("null", "None", "true", "false", "undefined", "__proto__", "constructor", "self", "__class__"),
]
UNICODE = [
    *("\u202eabc", "\u202a\u202e\u2066", "a\u0301", "\u0301", "e" + "\u0301" * 1000, "\u200d\u200c"),
    *("\U0001f600", "\U0001f468\u200d\U0001f469", "\uffff", "\ufffd", "\ufdd0", "\U0010ffff", "\U000e0041"),
    *("\u0130", "\u0131", "\ufb03", "\u1e9e", "\ud7ff", "\uf00d", "\u1100\u1161", "\uff43\uff41\uff4c\uff4c", "ca\u00adll"),
]
LONG = ["a" * 200, "a" * 201, "a" * 2000, "a" * 2001, "a" * 3900, "\u00e9" * 600, " " * 3000, "(" * 500, '"' * 999]
BYTES = [
    *(b"\xff", b"\xfe\xff", b"\xc0\x80", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf0\x9f"),
    *(b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"a\xffb", b"\x80" * 500, b"+ADw-script+AD4-", b"\xff\xfea\x00"),
]

VALUES: list[bytes] = [
    *(text.encode() for text in [*NOTHING, *NUMBERS, *MOMENTS, *TEXTS, *UNICODE, *LONG]),
    *BYTES,
]

SHAPES = [
    *("{0}", "{0}=", "{0}=&{0}=", "{0}=a&{0}=b", "{0}=a&{0}=a", "{0}[]=a", "{0}[0]=a", "{0}[x]=a", "{0}.x=a"),
    *("{0}=a;{0}=b", "={0}", "=", "&", "&&&&", "?{0}=a", "??", "#{0}=a", "{0}%00=a", "{0}%0d%0a=a", "%00{0}=a"),
    *("{0}=%", "{0}=%2", "{0}=%zz", "{0}=%u0041", "{0}=%25%30%30", "{0}=%2500", "{0}=%c0%80", "{0}=a%0d%0ab"),
    *("{0}=+", "{0}=++a", "{0}=%2b", "{0}=a%20b", "{0}==a", "{0}=a=b", "{0}=a&", "{0}=a?b=c", "{0}=a%26b=c"),
    *("{0}%5b%5d=a", "%7b0%7d=a", "{0}=a&x=1", "x=1", "X-{0}=a", "__{0}=a", "{0}__in=a", "_method=DELETE"),
    *("csrfmiddlewaretoken=a", "format=xml", "callback=alert", "debug=1", "{0}=\xe9", "\xff={0}", "{0}=\xc3\xa9"),
    *("{0}={0}={0}", "{0}=%EF%BB%BFa", "{0}=%ED%A0%80", "utf8=%E2%9C%93&{0}=a", "environment=all&environment=x"),
    "&".join(f"{{0}}={number}" for number in range(150)),
    "&".join(f"x{number}=1" for number in range(500)),
    "&".join("{0}" for _ in range(1500)),
]
"""Whole queries, with the name of a parameter at {0}."""
