#!/usr/bin/env bash
# Rebuilds and reloads on every change, with debug builds and the demo shop.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
"$ROOT/scripts/setup.sh" dev
REMEDY="read the compiler's message above"
export WRENCOS_DEMO=1 RUST_LOG="${RUST_LOG:-info,wrencos=debug}"
# Debug and release have folders of their own, so that neither serves the other's files.
export LEPTOS_SITE_ROOT=target/dev/site
mkdir -p "$LEPTOS_SITE_ROOT"
exec cargo leptos watch --split
