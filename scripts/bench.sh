#!/usr/bin/env bash
# Figures of the release build: bench.sh [room|join|host|media|files [ARGUMENTS...]]   (all when nothing is named)
#   room: sockets in one room, chat deliveries per CPU-second, memory per socket
#   join: navigation to first frame in a browser, 20 joins
#   host: processor time and upload of a host's browser with one viewer and with three, from browser to browser and through the
#         media server; HOST_SECONDS=20 for each
#   files: a film of --mib 2048 taken in, then --readers 500 who read ranges of it; memory, speed, first byte, CPU per GiB.
#          With PEER_URL, the same of another server that speaks the same REST (PEER_PID: its process)
#   media: the media server with one host and --viewers 100 for --seconds 10: packets per core-second, delay, loss; the same of
#          Janus, where it is on PATH (--beside janus fails without it, --beside nobody leaves it out; JANUS names another program)
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
which=${1:-all}
shift || true
REMEDY="use one of: room join host media files"
case "$which" in
all | room | join | host | media | files) ;;
*) exit 2 ;;
esac
# The media server needs neither a database nor a page.
if [ "$which" != media ] && [ -z "${WRENCOS_TEST_MONGODB:-}" ]; then
  "$ROOT/scripts/setup.sh" bench
  "$ROOT/scripts/build.sh" release
  trap - EXIT
  exec "$ROOT/scripts/with-mongod.sh" "$ROOT/scripts/bench.sh" "$which" "$@"
fi
name_build release

if [ "$which" != join ] && [ "$which" != host ]; then
  REMEDY="raise the limit of open files (ulimit -n 4096) and close what else runs on this machine"
  [ "$(ulimit -n)" -ge 4096 ] || ulimit -n 4096
fi
if [ "$which" = all ] || [ "$which" = room ]; then
  say "room"
  cargo bench --features ssr --bench room -- "$@"
fi
if [ "$which" = all ] || [ "$which" = media ]; then
  say "media server"
  REMEDY="the figures above say who could not keep up; close what else runs on this machine, or ask for fewer --viewers"
  cargo bench --features ssr --bench media -- "$@"
fi
if [ "$which" = all ] || [ "$which" = files ]; then
  say "files"
  REMEDY="the figures above say what is too much; a film of --mib 256 needs less of the disk"
  cargo bench --features ssr --bench files -- "$@"
fi
# playwright_bench FILE: one of end2end/bench.
playwright_bench() {
  PLAYWRIGHT_CHROMIUM=$(scripts/find-chromium.sh)
  export PLAYWRIGHT_CHROMIUM
  (cd end2end && playwright test --config bench.config.ts "bench/$1")
}
if [ "$which" = all ] || [ "$which" = join ]; then
  say "join to first frame"
  REMEDY="run: make test, which says more about a broken watch page"
  playwright_bench join.ts
fi
if [ "$which" = all ] || [ "$which" = host ]; then
  say "what one viewer more costs the host"
  REMEDY="run: make test, which says more about a broken studio or watch page"
  playwright_bench host.ts
fi
