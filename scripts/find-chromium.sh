#!/usr/bin/env bash
# Prints the path of a Chrome or Chromium: PLAYWRIGHT_CHROMIUM, then PATH. Fails if there is none.
set -euo pipefail
for name in "${PLAYWRIGHT_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
  if [ -n "$name" ] && path=$(command -v "$name"); then
    echo "$path"
    exit 0
  fi
done
exit 1
