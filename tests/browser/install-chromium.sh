#!/bin/sh
# Find a Chromium for the browser tests, or get one: Debian's package as root, else Playwright's own.
set -eu
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if "$PYTHON" -c 'import os, playwright.sync_api as p; d = p.sync_playwright().start(); ok = os.path.exists(d.chromium.executable_path); d.stop(); raise SystemExit(not ok)' 2>/dev/null; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "No Chromium here. Installing Debian's package chromium."
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
else
  echo "No Chromium here. Installing the one that Playwright brings."
  "$PYTHON" -m playwright install chromium
fi
