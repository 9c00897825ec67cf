#!/usr/bin/env bash
# All tests: Rust (unit and integration), then the clients of the replaced system and the browser tests, each against a
# server of its own.
#   scripts/test.sh [rust|browser]   only that half
#   E2E_BUILD=release                browser tests against the release build instead of the quick one
#   E2E_ARGS="live --project=desktop"  passed on to Playwright
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
if [ -z "${WRENCOS_TEST_MONGODB:-}" ]; then
  "$ROOT/scripts/setup.sh" test
  trap - EXIT
  exec "$ROOT/scripts/with-mongod.sh" "$ROOT/scripts/test.sh" "$@"
fi

which=${1:-all}
build=${E2E_BUILD:-test}
reports=target/test-reports
mkdir -p "$reports"
failures=0

if [ "$which" != browser ]; then
  say "Rust tests"
  REMEDY="the failing tests are named above; run one with: cargo nextest run --features ssr NAME"
  cargo nextest run --features ssr 2>&1 | tee "$reports/rust.txt" || failures=1
fi

if [ "$which" != rust ]; then
  "$ROOT/scripts/build.sh" "$build" || {
    REMEDY="read the compiler's message above"
    exit 1
  }
  name_build "$build"
  say "clients of the replaced system"
  node end2end/clients/with-server.mjs 2>&1 | tee "$reports/clients.txt" || failures=1
  say "browser tests"
  PLAYWRIGHT_CHROMIUM=$(scripts/find-chromium.sh)
  export PLAYWRIGHT_CHROMIUM
  # Split on purpose: several words in one variable.
  # shellcheck disable=SC2086
  (cd end2end && playwright test ${E2E_ARGS:-}) || failures=1
fi

node scripts/test-summary.mjs "$which" "$reports"
REMEDY="see the failures above; 'npx playwright show-trace end2end/test-results/…/trace.zip' replays a browser test"
exit "$failures"
