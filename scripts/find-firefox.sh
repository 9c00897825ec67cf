#!/usr/bin/env bash
# Prints the path of a Firefox: FIREFOX, then PATH. Fails if there is none.
set -euo pipefail
for name in "${FIREFOX:-}" firefox-esr firefox; do
  if [ -n "$name" ] && path=$(command -v "$name"); then
    echo "$path"
    exit 0
  fi
done
exit 1
