"""What the headers of a request may hold, in Latin-1 as a server hands it on."""

# fmt: off
from __future__ import annotations

from tests.input.asking import MARKER

NAMES = [
    *("Host", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Port", "Forwarded"),
    *("HX-Request", "HX-Current-URL", "HX-Target", "HX-Trigger", "HX-Boosted", "HX-Prompt"),
    *("HX-History-Restore-Request", "HX-Trigger-Name", "HX-Target-URI-AutoEncoded"),
    *("Accept", "Accept-Encoding", "Accept-Language", "Origin", "Referer", "Cookie", "Authorization"),
    *("Range", "If-Modified-Since", "If-None-Match", "If-Range", "Content-Type", "Content-Length"),
    *("Expect", "X-HTTP-Method-Override", "X-Method-Override", "X-Requested-With", "X-CSRFToken"),
    *("User-Agent", "X-Request-Id", "X-Original-URL", "X-Rewrite-URL", "Transfer-Encoding", "Connection"),
    *("Content-Encoding", "Upgrade", "Sec-Fetch-Site", "Purpose"),
]
PLAIN = [
    *("", " ", "a" * 8000, MARKER, "\xff\xfe", "\xc3\xa9", "\x80", "%00", "%0d%0aX: y", "null", "true", "false"),
    *("'", '"', '"unclosed', "\\", ",,,,", ";;;;", "=", ";=;=", "a=b; c", "-1", "0", "9" * 5000, "1_0", "\xb2\xb3"),
    *("*", "*/*", "/", "//evil.example.test", "http://[", "http://[::1", "http://]", "https://a:b@c:99999999/"),
    *("http://localhost:port/", "http://\xe9/", "javascript:alert(1)", "data:text/html,x", "\t", "a\tb", "a,b;q=2"),
    *("localhost", "localhost:", "localhost:0", "localhost:99999", "LOCALHOST.", "evil.example.test", "[::1]"),
    *("[::1", "localhost/path", "local host", "localhost@evil", "127.0.0.1:80:80", "..", "a..b", "-a", "\xe9.test"),
]
ENCODED = [
    *("text/plain; charset=rot13", "text/plain; charset=utf-7", "text/plain; charset=idna", "a; charset=undefined"),
    *("text/plain; charset=unicode_escape", "a; charset=utf-16", "a; charset=hex", "a; charset=nonsense"),
    *("a; charset*=x''%41", "a; charset*=utf-8''%00", "a; charset*=idna''%ff", "a; charset*=undefined''%ff"),
    *("a; x*" + "9" * 5000 + "=1", "multipart/form-data", "multipart/form-data; boundary=", ";", "; a=b"),
    *("multipart/form-data; boundary=\xe9", "multipart/form-data; boundary*=x''%41", "multipart/mixed; boundary=a"),
    *("multipart/form-data; boundary=" + "a" * 300, "application/json; q=1; q=2", "/", "a/b/c", "text/html;;;;"),
    *("application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=\xff"),
]
COOKIES = [
    *("sessionid", "sessionid=", "sessionid=a", "=a", ";", "a" * 4000, "sessionid=" + "a" * 4000, "a=b;" * 500),
    *('sessionid="' + "\\000" * 12 + '"', 'sessionid="\\377\\377\\377\\377\\377\\377\\377\\377"', "sessionid=\xff" * 9),
    *('csrftoken="\\000"', "csrftoken=" + "a" * 32, "csrftoken=" + "!" * 64, "csrftoken=\xe9", "theme=<script>"),
    *("messages=a", "messages=a:b:c", "messages=W10:1:x", 'messages="\\000"', "messages=.eJw:1:x", "$Version=1"),
    *("dwf_use_discover_api=True", "dwf_use_discover_api=\xff", "__Host-sessionid=a", "a=" + '"' * 50, "theme=\\"),
    *("__Host-sessionid=" + '"' + "\\000" * 12 + '"', "__Host-csrftoken=\xff", "sessionid=a; sessionid=b", "é=é"),
]
RANGES = [
    *("bytes=0-", "bytes=-1", "bytes=5-2", "bytes=0-0,1-1", "bytes=" + "9" * 5000 + "-", "bytes=a-b", "bytes=--"),
    *("bytes=", "items=0-1", "bytes=0-99999999999999999999", "bytes=\xb2-\xb3", "bytes=1_0-2_0", "bytes=0-0," * 400),
]
DATES = [
    *("Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 0000 00:00:00 GMT", "Mon, 99 Nov 2026 99:99:99 GMT", "now", "0"),
    *("Mon, 23 Nov 99999 12:00:00 GMT", "Mon, 23 Nov 2026 12:00:00 +9999", "1" * 400, "Mon, 23 Nov 2026 12:00:00"),
]
SPECIAL = {
    "Content-Type": ENCODED,
    "Accept": ENCODED,
    "Cookie": COOKIES,
    "Range": RANGES,
    "If-Modified-Since": DATES,
    "If-Range": DATES,
    "Authorization": [
        *("Bearer", "Bearer ", "bearer \xff", "Bearer " + "a" * 8000, "Basic", "Basic !!", "Basic YTpi", "Bearer a b"),
        *("Digest username=\xe9", "Bearer ard_", "Bearer\tx", "ard_x", "Bearer \x00", "Negotiate " + "A" * 5000),
    ],
}


def values_of(name: str) -> list[str]:
    return [*SPECIAL.get(name, []), *PLAIN]
