#!/usr/bin/env bash
# Makes sure that rustc can compile for wasm32-unknown-unknown.
# 1. It is there. 2. rustup adds it. 3. Where rustup's server cannot be reached: the standard library is built from
# Debian's package `rust-src` of exactly this compiler's version, read with a package list of our own, so that
# nothing of the system is changed but the compiler's own folder.
set -euo pipefail

target=wasm32-unknown-unknown
installed() {
  rustlib="$(rustc --print sysroot)/lib/rustlib/$target/lib"
  compgen -G "$rustlib/libstd-*.rlib" >/dev/null
}
installed && exit 0

echo "• adding the Rust target $target"
if command -v rustup >/dev/null && timeout 180 rustup target add "$target" 2>/dev/null && installed; then exit 0; fi

version=$(rustc --version | cut -d' ' -f2)
echo "• rustup cannot; building the standard library of $version from Debian's rust-src"
command -v apt-get >/dev/null || { echo "no apt-get here" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' ' || true)
[ -n "$mirror" ] || { echo "no Debian mirror is set up for apt here; remedy: rustup target add wasm32-unknown-unknown" >&2; exit 1; }
for suite in trixie-backports forky sid; do
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done >"$work/sources.list"
apt=(-o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$work/lists"
  -o "Dir::Cache=$work/cache" -o Acquire::Languages=none -o "APT::Sandbox::User=$(id -un)")
apt-get -qq "${apt[@]}" update
package=$(apt-cache "${apt[@]}" madison rust-src | awk -F'|' '{ gsub(/ /, "", $2); print $2 }' | grep -m 1 "^$version+")  || {
  echo "Debian has no rust-src $version" >&2
  exit 1
}
(cd "$work" && apt-get -qq "${apt[@]}" download "rust-src=$package" && dpkg-deb -x rust-src_*.deb sources)
cd "$work"/sources/usr/src/rustc-*/library
# The metadata keeps this library's symbols apart from those of a crate compiled later; the two features are those of the
# official build for this target.
RUSTC_BOOTSTRAP=1 __CARGO_DEFAULT_LIB_METADATA=wasm32std \
  RUSTFLAGS="-Cembed-bitcode=yes -Zforce-unstable-if-unmarked --remap-path-prefix=$work=rust" \
  cargo build --quiet --release --target "$target" -p sysroot --features "panic-unwind compiler-builtins-mem" --target-dir "$work/out"
mkdir -p "$rustlib"
cp "$work/out/$target/release/deps/"*.rlib "$rustlib/"
installed
