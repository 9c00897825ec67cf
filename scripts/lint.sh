#!/usr/bin/env bash
# Format, clippy for server, browser and fuzz targets, dependencies' licences and sources, types of the browser tests, shell scripts.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
"$ROOT/scripts/setup.sh" lint

say "format"
REMEDY="run: cargo fmt"
cargo fmt --check

say "clippy, server and tests"
REMEDY="mend what clippy names above; it is an error on purpose"
cargo clippy --quiet --features ssr --all-targets -- -D warnings

say "clippy, browser"
cargo clippy --quiet --target wasm32-unknown-unknown --features hydrate --lib -- -D warnings

# A workspace of its own, which nothing else compiles: a room that changes would leave it behind.
say "fuzz targets"
REMEDY="mend them as the rest was changed; of the lock file: cargo check --manifest-path fuzz/Cargo.toml, and commit it"
cargo clippy --quiet --locked --manifest-path fuzz/Cargo.toml -- -D warnings

say "types of the browser tests"
REMEDY="mend the types named above"
tsc --noEmit --project end2end

say "dependencies: bans, licences, sources"
REMEDY="see deny.toml: add the licence or source with a reason, or choose another crate"
cargo deny --log-level error check bans licenses sources

# The advisory database is a git repository that not every network reaches; a finding still fails.
say "dependencies: advisories"
REMEDY="update the crate named above, or write into deny.toml why the advisory does not apply"
if ! advisories=$(timeout 120 cargo deny --log-level error check advisories 2>&1); then
  if grep -qiE 'failed to (fetch|acquire|clone|open)|unable to fetch|advisory database' <<<"$advisories" && ! grep -q 'error\[vulnerability\]' <<<"$advisories"; then
    say "  skipped: the advisory database cannot be fetched from here"
  else
    echo "$advisories"
    exit 1
  fi
fi

say "shell scripts"
REMEDY="mend what shellcheck names above"
shellcheck --external-sources --source-path=SCRIPTDIR scripts/*.sh scripts/setup/*.sh .ci/run

say "clean"
