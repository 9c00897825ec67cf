#!/usr/bin/env bash
# Throws bytes at the code that reads what strangers send: fuzz.sh [TARGET|all] [SECONDS]
# Each target of fuzz/targets runs for SECONDS (60). What it learns is kept in the cache and used again; an input that
# breaks something is left in target/fuzz, with the line that repeats it. Works with a stable compiler.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/setup/steps.sh
source "$ROOT/scripts/setup/steps.sh"
target=${1:-all}
seconds=${2:-60}
ready=()
step_rust
REMEDY="install a C++ compiler (g++ or clang++): libFuzzer is written in C++"
have c++ || have g++ || have clang++

targets=()
for source in fuzz/targets/*.rs; do targets+=("$(basename "$source" .rs)"); done
if [ "$target" != all ]; then
  REMEDY="use one of: all ${targets[*]}"
  [ -f "fuzz/targets/$target.rs" ]
  targets=("$target")
fi

say "building ${targets[*]} (the whole server once more, with counters in it)"
REMEDY="read the compiler's message above"
# The counters by which the fuzzer sees what an input reaches, without a nightly compiler.
export CARGO_TARGET_DIR="$CACHE/fuzz-target"
export RUSTFLAGS="--cfg erase_components -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
bins=()
for name in "${targets[@]}"; do bins+=(--bin "$name"); done
host=$(rustc -vV | sed -n 's/^host: //p')
# With a target named, build scripts and macros are left without counters.
cargo build --quiet --release --target "$host" --manifest-path fuzz/Cargo.toml "${bins[@]}"

mkdir -p target/fuzz
for name in "${targets[@]}"; do
  say "$name, $seconds s"
  corpus="$CACHE/fuzz-corpus/$name"
  mkdir -p "$corpus" "target/fuzz/$name"
  REMEDY="run it again alone: $CARGO_TARGET_DIR/$host/release/$name target/fuzz/$name/INPUT; add the input to a test, then mend it"
  options=(-max_total_time="$seconds" -max_len=70000 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="target/fuzz/$name/")
  if [ -f "fuzz/seeds/$name.dict" ]; then options+=(-dict="fuzz/seeds/$name.dict"); fi
  "$CARGO_TARGET_DIR/$host/release/$name" "${options[@]}" "$corpus" "fuzz/seeds/$name" >"target/fuzz/$name.log" 2>&1 || {
    grep -vE '^#|^\s+(NEW|REDUCE)' "target/fuzz/$name.log" | tail -n 25
    exit 1
  }
  grep -E 'stat::number_of_executed_units|stat::new_units_added|stat::peak_rss_mb' "target/fuzz/$name.log" | sed 's/^stat::/  /'
done
say "nothing found"
