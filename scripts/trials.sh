#!/usr/bin/env bash
# A recording survives anything: trials.sh [COUNT] [--seed N] [--only NUMBER] [--workers N]
# Each of COUNT (100) trials records 30 s on a shop of its own; at a random moment the host's tab, his browser, the server
# or the database is killed, or the disk is full. The film must play and lack at most two seconds of what was recorded.
#   --seed N       (or TRIALS_SEED) repeats the trials of that seed, which the first line names
#   --only NUMBER  one of them
#   --workers N    so many at the same time (1); a machine that is too busy for them loses more
#   E2E_BUILD=release    against the release build instead of the quick one
#   WRENCOS_BIN, WRENCOS_SITE    a program that is built already; nothing is built then
#   FFPROBE              an ffprobe that is not on PATH; without one its part is skipped, and said so
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"

count=100 only='' workers=1 seed=${TRIALS_SEED:-$((RANDOM * 32768 + RANDOM))}
REMEDY="use: scripts/trials.sh [COUNT] [--seed N] [--only NUMBER] [--workers N]"
while [ $# -gt 0 ]; do
  case $1 in
  --seed) seed=${2:?}; shift 2 ;;
  --only) only=${2:?}; shift 2 ;;
  --workers) workers=${2:?}; shift 2 ;;
  *) count=$1; shift ;;
  esac
done
for number in "$count" "$seed" "${only:-1}" "$workers"; do
  [[ $number =~ ^[0-9]+$ ]]
done

"$ROOT/scripts/setup.sh" test
if [ -z "${WRENCOS_BIN:-}" ]; then
  build=${E2E_BUILD:-test}
  REMEDY="read the compiler's message above"
  "$ROOT/scripts/build.sh" "$build"
  name_build "$build"
fi
PLAYWRIGHT_CHROMIUM=$(scripts/find-chromium.sh)
MONGOD=$(scripts/find-mongod.sh)
export PLAYWRIGHT_CHROMIUM MONGOD
export TRIALS_COUNT="$count" TRIALS_SEED="$seed" TRIALS_LENGTH_MS="${TRIALS_LENGTH_MS:-30000}"

say "trials of recordings"
REMEDY="repeat one: scripts/trials.sh $count --seed $seed --only NUMBER; target/test-reports/server-trial-NUMBER.log is its server's"
options=(--workers "$workers" --fully-parallel)
if [ -n "$only" ]; then options+=(--grep "trial $only:"); fi
(cd end2end && playwright test --config trials.config.ts "${options[@]}")
