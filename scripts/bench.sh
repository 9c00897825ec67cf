#!/usr/bin/env bash
# Figures of the release build: bench.sh [room|join]   (both when nothing is named)
#   room: sockets in one room, chat deliveries per CPU-second, memory per socket
#   join: navigation to first frame in a browser, 20 joins
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
if [ -z "${WRENCOS_TEST_MONGODB:-}" ]; then
  "$ROOT/scripts/setup.sh" bench
  "$ROOT/scripts/build.sh" release
  trap - EXIT
  exec "$ROOT/scripts/with-mongod.sh" "$ROOT/scripts/bench.sh" "$@"
fi
which=${1:-all}
export WRENCOS_BIN="$ROOT/target/release/wrencos" WRENCOS_SITE="$ROOT/target/site"

if [ "$which" != join ]; then
  say "room"
  REMEDY="raise the limit of open files (ulimit -n 4096) and close what else runs on this machine"
  [ "$(ulimit -n)" -ge 4096 ] || ulimit -n 4096
  cargo bench --features ssr --bench room
fi
if [ "$which" != room ]; then
  say "join to first frame"
  REMEDY="run: make test, which says more about a broken watch page"
  PLAYWRIGHT_CHROMIUM=$(scripts/find-chromium.sh)
  export PLAYWRIGHT_CHROMIUM
  (cd end2end && playwright test --config bench.config.ts)
fi
