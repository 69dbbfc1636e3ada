"""Bytes on a socket that are no HTTP, or two kinds of it at once. HOST stands for a good Host line."""

# fmt: off
from __future__ import annotations

HOST = b"Host: localhost\r\n"
GET = b"GET /livez HTTP/1.1\r\n" + HOST
POST = b"POST /api/calls HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
END = b"\r\n"
LINES = [
    *(b"", b"\r\n", b"\x00", b"\xff" * 100, b"hello\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    *(b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/0.9\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1.1\r\n\r\n", b"GET / http/1.1\r\n\r\n"),
    *(b"get / HTTP/1.1\r\n" + HOST + END, b"G\x00T / HTTP/1.1\r\n" + HOST + END, b" GET / HTTP/1.1\r\n" + HOST + END),
    *(b"GET  /livez HTTP/1.1\r\n" + HOST + END, b"GET /livez  HTTP/1.1\r\n" + HOST + END, b"GET\t/livez HTTP/1.1\r\n" + HOST + END),
    *(b"GET livez HTTP/1.1\r\n" + HOST + END, b"GET * HTTP/1.1\r\n" + HOST + END, b"OPTIONS * HTTP/1.1\r\n" + HOST + END),
    *(b"GET http://evil.example.test/livez HTTP/1.1\r\n" + HOST + END, b"GET //evil.test HTTP/1.1\r\n" + HOST + END, b"GET http://[ HTTP/1.1\r\n" + HOST + END),
    *(b"CONNECT evil.example.test:443 HTTP/1.1\r\n" + HOST + END, b"TRACE / HTTP/1.1\r\n" + HOST + END, b"DEBUG / HTTP/1.1\r\n" + HOST + END),
    *(b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + END, b"GET /%00 HTTP/1.1\r\n" + HOST + END, b"GET /a b HTTP/1.1\r\n" + HOST + END, b"GET /?q=\xed\xa0\x80 HTTP/1.1\r\n" + HOST + END),
    *(b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + END, b"A" * 70_000, b"GET /livez HTTP/1.1" + b" " * 9000 + b"\r\n" + END),
]
HEADS = [
    *(b"GET /livez HTTP/1.1\r\n\r\n", GET + HOST + END, b"GET /livez HTTP/1.1\r\nHost: evil.example.test\r\n\r\n", b"GET /livez HTTP/1.1\r\nHost:\r\n\r\n"),
    *(GET + b"X: " + b"a" * 9000 + b"\r\n\r\n", GET + b"".join(b"X-%d: y\r\n" % n for n in range(150)) + END, GET + b"a" * 100_000),
    *(GET + b"no colon\r\n\r\n", GET + b": empty\r\n\r\n", GET + b"X Y: z\r\n\r\n", GET + b"X : z\r\n\r\n", GET + b" folded: x\r\n\r\n", GET + b"X: a\r\n b\r\n\r\n"),
    *(GET + b"X: a\x00b\r\n\r\n", GET + b"X: a\rb\r\n\r\n", GET + b"X: \xff\r\n\r\n", GET + b"X\xff: a\r\n\r\n", GET + b"X_Y: a\r\n\r\n", GET + b"Content_Length: 5\r\n\r\n"),
    *(b"GET /livez HTTP/1.1\nHost: localhost\n\n", b"GET /livez HTTP/1.1\r\nHost: localhost\n\r\n", GET[:-2] + b"\r\r\n\r\n"),
    *(GET + b"Expect: 100-continue\r\n\r\n", GET + b"Expect: 200-ok\r\n\r\n", GET + b"Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", GET + b"Range: bytes=\xff\r\n\r\n"),
    *(GET + b"Content-Type: text/plain; charset*=x''%41\r\n\r\n", GET + b"Cookie: sessionid=\"\\000\\000\\000\\000\\000\\000\\000\\000\"\r\n\r\n"),
]
BODIES = [
    *(POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
    *(POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", POST + b"Content-Length: 2, 2\r\n\r\n{}", POST + b"Content-Length: -1\r\n\r\n", POST + b"Content-Length: +2\r\n\r\n{}"),
    *(POST + b"Content-Length: 0x2\r\n\r\n{}", POST + b"Content-Length: " + b"9" * 50 + b"\r\n\r\n{}", POST + b"Content-Length: 1_0\r\n\r\n{}", POST + b"Content-Length: \xb2\r\n\r\n{}"),
    *(POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n"),
    *(POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}", POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n{}", POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}", POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}X\r\n0\r\n\r\n"),
    *(POST + b"Transfer-Encoding: chunked\r\n\r\n2;x=" + b"y" * 9000 + b"\r\n{}\r\n0\r\n\r\n", POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: y\r\n\r\n", POST + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n"),
    *(POST + b"Content-Length: 100000000\r\n\r\n{}", POST + b"Content-Length: 50\r\n\r\n{}", POST + b"\r\n{}", POST + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08"),
    *(POST + b"Content-Length: 2\r\n\r\n{}" + GET + END, GET + END + GET + END, GET + END + b"\x00\x00" + GET + END, (GET + END) * 30),
]
REQUESTS = [*LINES, *HEADS, *BODIES]
