#!/usr/bin/env bash
# The media server for a long time: soak.sh [SECONDS] [--viewers 20]   (1800 s when nothing is said)
# A host, viewers who stay, and others who come and go all the while; all numbers of the host begin anew in the first seconds.
# A line each minute. Fails if a packet is lost to somebody who stays, somebody who comes gets no picture, a connection is left
# behind, or the memory of the server's process grows: by more than 10 % and 8 MiB from the first third to the last.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
seconds=${1:-1800}
shift || true
REMEDY="use: scripts/soak.sh [SECONDS] [--viewers 20], with 30 seconds or more"
[[ $seconds =~ ^[0-9]+$ ]] && [ "$seconds" -ge 30 ]
# shellcheck source=scripts/setup/steps.sh
source "$ROOT/scripts/setup/steps.sh"
ready=()
step_rust
say "the media server for $seconds s"
REMEDY="the lines above say what was lost, and when; with packets that found the client's ports full, close what else runs here"
cargo bench --features ssr --bench media -- --soak "$seconds" "$@"
