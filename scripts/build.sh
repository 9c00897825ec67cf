#!/usr/bin/env bash
# Builds the server and the browser's package: build.sh [release|test]
#   release: target/release/wrencos and target/site, optimised, split, compressed
#   test:    target/test/wrencos and target/test/site, for the browser tests: quick to make, no optimisation
# Nothing is done when nothing changed since the last build.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"

# A command killed while it copies must not leave half a binary behind.
copy_binary() { install -D -m 755 "$1" "$2.new" && mv "$2.new" "$2"; }

REMEDY="read the compiler's message above; 'make lint' shows the same for both targets"
case "${1:-release}" in
release)
  stamp=target/release/.built
  if ! newer_than "$stamp"; then
    say "target/release/wrencos is up to date"
    exit 0
  fi
  # The stamp's time is that of the start: what is edited during a build counts as newer.
  mkdir -p target/release target/site && touch "$stamp.new"
  say "building the release (WASM, stylesheet, server)"
  cargo leptos build --release --split
  # Once more, which only links it into place: the cache is shared with other clones, and theirs has the same name.
  cargo build --quiet --release --features ssr --bin wrencos
  copy_binary "$CARGO_TARGET_DIR/release/wrencos" target/release/wrencos
  REMEDY="run: npm ci"
  node scripts/compress-site.mjs target/site
  mv "$stamp.new" "$stamp"
  say "built target/release/wrencos ($(du -h target/release/wrencos | cut -f1)) and target/site"
  ;;
test)
  stamp=target/test/.built
  if ! newer_than "$stamp"; then
    say "target/test/wrencos is up to date"
    exit 0
  fi
  mkdir -p target/test/site && touch "$stamp.new"
  say "building for the browser tests"
  # Lazy routes only work when they are split off, in every kind of build.
  # The same command as that of the Rust tests, so that it only has to be linked.
  cargo build --features ssr --bin wrencos
  # At once: the cache is shared with other clones, and theirs would have the same name.
  copy_binary "$CARGO_TARGET_DIR/debug/wrencos" target/test/wrencos
  LEPTOS_SITE_ROOT=target/test/site cargo leptos build --frontend-only --split
  mv "$stamp.new" "$stamp"
  ;;
*)
  REMEDY="use: build.sh [release|test]"
  exit 2
  ;;
esac
