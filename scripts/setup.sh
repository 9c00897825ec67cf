#!/usr/bin/env bash
# Installs what a target needs and the machine lacks: setup.sh [run|dev|build|test|contract|encoders|networks|lint|bench|all]
# Every step: a check, the version, an action, a fallback, a one-line remedy. Says little when all is there.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/setup/steps.sh
source "$ROOT/scripts/setup/steps.sh"

case "${1:-all}" in
run | dev) steps=(rust wasm_target npm_packages cargo_leptos wasm_bindgen mongod) ;;
build) steps=(rust wasm_target npm_packages cargo_leptos wasm_bindgen) ;;
test) steps=(rust wasm_target npm_packages cargo_leptos wasm_bindgen nextest mongod chromium coturn janus) ;;
bench) steps=(rust wasm_target npm_packages cargo_leptos wasm_bindgen nextest mongod chromium) ;;
contract) steps=(rust npm_packages mongod schemathesis) ;;
encoders) steps=(rust npm_packages mongod aiortc ffmpeg) ;;
networks) steps=(rust wasm_target npm_packages cargo_leptos wasm_bindgen mongod chromium firefox own_network) ;;
lint) steps=(rust rust_lints wasm_target npm_packages cargo_deny shellcheck) ;;
all) steps=(rust rust_lints wasm_target npm_packages cargo_leptos wasm_bindgen nextest cargo_deny shellcheck mongod chromium coturn janus) ;;
*)
  REMEDY="use one of: run dev build test contract encoders networks lint bench all"
  exit 2
  ;;
esac

mkdir -p "$TOOLS/bin"
ready=()
for step in "${steps[@]}"; do "step_$step"; done
say "set up: $(printf '%s, ' "${ready[@]}" | sed 's/, $//')"
