#!/usr/bin/env bash
# Prints the path of a mongod that runs: MONGOD, then PATH, then the tools folder. Fails if there is none.
set -euo pipefail
for mongod in "${MONGOD:-}" "$(command -v mongod || true)" "${XDG_CACHE_HOME:-$HOME/.cache}/wrencos/tools/bin/mongod"; do
  if [ -n "$mongod" ] && "$mongod" --version >/dev/null 2>&1; then
    echo "$mongod"
    exit 0
  fi
done
exit 1
