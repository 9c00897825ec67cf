#!/usr/bin/env bash
# Runs a command beside a MongoDB of its own: with-mongod.sh COMMAND [ARGUMENTS...]
# One node as a replica set on a free loopback port, in memory where there is room, gone when the command ends.
# The command finds it in WRENCOS_TEST_MONGODB.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
REMEDY="run: make setup"
mongod=$(scripts/find-mongod.sh)

# Tests wait for every write to reach the disk; memory makes that quick.
home=/tmp
if [ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)" -gt 2000000 ] 2>/dev/null; then home=/dev/shm; fi
data=$(mktemp -d "$home/wrencos-test-XXXXXX")
port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')

"$mongod" --dbpath "$data" --port "$port" --bind_ip 127.0.0.1 --nounixsocket --replSet rs0 \
  --wiredTigerCacheSizeGB 0.5 --setParameter diagnosticDataCollectionEnabled=false --logpath "$data/log" >/dev/null &
pid=$!
stop() {
  local status=$?
  kill "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  rm -rf "$data"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT TERM

node scripts/replica-set.mjs "$port" || {
  tail -n 5 "$data/log" >&2
  echo "with-mongod.sh: mongod did not start; remedy: free memory and disk, or set MONGOD to another mongod" >&2
  exit 1
}
export WRENCOS_TEST_MONGODB="mongodb://127.0.0.1:$port/?replicaSet=rs0&directConnection=true"
"$@"
