#!/usr/bin/env bash
# Builds if needed and starts the shop with demo products on an empty database; data in ./data (DATA_DIR overrides).
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
"$ROOT/scripts/setup.sh" run
"$ROOT/scripts/build.sh" release
REMEDY="the line above names the setting to change; 'target/release/wrencos doctor' checks the machine"
say "starting; stop with Ctrl-C"
trap - EXIT
exec target/release/wrencos serve --demo "$@"
