#!/usr/bin/env bash
# Firefox and Chromium in a network of their own: networks.sh [ARGUMENTS OF PLAYWRIGHT...]
# A namespace with one address, a default route that leads nowhere and a packet filter that the tests set: UDP that is
# blocked, packets that are lost. Server, database and browsers run in it; nothing of the machine's network is seen or changed.
#   scripts/networks.sh blocked                  one file of end2end/networks
#   scripts/networks.sh --project=direct         from browser to browser alone; served: through the media server
#   WRENCOS_BIN, WRENCOS_SITE    a program that is built already; nothing is built then
#   FIREFOX                      a Firefox that is not on PATH
#   FFPROBE                      an ffprobe that is not on PATH; without one its part is left out, and said so
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# Where people that are not root find ip and nft.
export PATH="$PATH:/usr/sbin:/sbin"

if [ "${WRENCOS_NETWORK:-}" != own ]; then
  "$ROOT/scripts/setup.sh" networks
  way=
  for flags in -n -rn; do
    if unshare "$flags" sh -c 'ip link set lo up && ip link add lab0 type veth peer name lab1 && nft add table inet lab' 2>/dev/null; then
      way=$flags
      break
    fi
  done
  if [ -z "$way" ]; then
    trap - EXIT
    echo "networks.sh: no network namespace with a filter can be made here; remedy: run as root, on a kernel with veth and nf_tables" >&2
    exit 1
  fi
  if [ -z "${WRENCOS_BIN:-}" ]; then
    REMEDY="read the compiler's message above"
    "$ROOT/scripts/build.sh" test
    name_build test
  fi
  PLAYWRIGHT_CHROMIUM=$(scripts/find-chromium.sh)
  FIREFOX=$(scripts/find-firefox.sh)
  export PLAYWRIGHT_CHROMIUM FIREFOX WRENCOS_NETWORK=own
  trap - EXIT
  exec unshare "$way" "$ROOT/scripts/networks.sh" "$@"
fi

REMEDY="run scripts/networks.sh by itself, without WRENCOS_NETWORK"
ip link set lo up
ip link add lab0 type veth peer name lab1
ip address add 10.9.0.1/24 dev lab0
ip link set lab0 up
ip link set lab1 up
# Browsers gather the address by which packets would leave; nobody is there to take them.
ip route add default via 10.9.0.2 dev lab0
say "browsers in a network of their own"
trap - EXIT
exec "$ROOT/scripts/with-mongod.sh" playwright test --config end2end/networks.config.ts "$@"
