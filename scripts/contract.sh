#!/usr/bin/env bash
# Holds a server of its own against what it says of itself: schemathesis makes calls out of /openapi.json, wrong ones and
# right ones, and looks at every answer. Fails on a finding, and on fewer than 10,000 calls.
#   CONTRACT_EXAMPLES=200  calls per route and phase    CONTRACT_SEED=1  the same calls again    CONTRACT_CALLS=0  any number will do
#   WRENCOS_BIN, WRENCOS_SITE    a program that is built already; nothing is built then
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
beside_server contract "$@"

st=$TOOLS/schemathesis/bin/schemathesis
export PYTHONPATH="$ROOT/scripts" PYTHONDONTWRITEBYTECODE=1 SCHEMATHESIS_HOOKS=schemathesis_hooks
reports=$ROOT/target/test-reports/contract
rm -rf "$reports"
mkdir -p "$reports"
# It leaves what it learned in the folder it runs in.
cd "$reports"
REMEDY="the findings above name the call; mend the route or its description in src/server/http/describe"
token=$(curl -sS "$WRENCOS_URL/auth/login" --json "{\"email\":\"$WRENCOS_ADMIN_EMAIL\",\"password\":\"$WRENCOS_ADMIN_PASSWORD\"}" | sed -n 's/.*"token":"\([^"]*\)".*/\1/p')
run() {
  local name=$1
  shift
  "$st" --config-file "$ROOT/scripts/schemathesis.toml" run "$WRENCOS_URL/openapi.json" --checks all --seed "${CONTRACT_SEED:-$RANDOM}" \
    --report json --report-json-path "$reports/$name.json" "$@"
}
# An admin sees most of the server; who signs out is nobody afterwards, so that is done by a guest.
failures=0
run admin --header "Authorization: Bearer $token" --exclude-path /auth/logout --max-examples "${CONTRACT_EXAMPLES:-60}" || failures=1
run guest --max-examples "${CONTRACT_EXAMPLES:-60}" || failures=1
calls=$(node -e '
  const { readFileSync } = require("node:fs");
  console.log(process.argv.slice(1).reduce((sum, file) => sum + JSON.parse(readFileSync(file, "utf8")).test_cases.generated, 0));
' "$reports/admin.json" "$reports/guest.json")
say "$calls generated calls"
if [ "$calls" -lt "${CONTRACT_CALLS:-10000}" ]; then
  REMEDY="raise CONTRACT_EXAMPLES"
  exit 1
fi
exit "$failures"
