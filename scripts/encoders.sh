#!/usr/bin/env bash
# Encoders and players that are not ours: a real server with its media server on, a live show, and aiortc, which publishes it
# by WHIP and watches it by WHEP; then FFmpeg's own WHIP takes the camera. Tells how many frames came; fails where they did not,
# or where an end is no end.
#   FRAMES=150    frames that the player has to get
#   WRENCOS_BIN, WRENCOS_SITE    a program that is built already; nothing is built then
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# aiortc has no loopback address of its own, so the server tells those of the machine.
export MEDIA=sfu SFU_UDP_PORT="${SFU_UDP_PORT:-0}"
beside_server encoders "$@"

REMEDY="see what the server says above; a call by hand: curl \$WRENCOS_URL/livestreams"
part() { node -e 'let text = ""; process.stdin.on("data", (more) => (text += more)).on("end", () => console.log(process.argv.slice(1).reduce((of, key) => of[key], JSON.parse(text))))' "$@"; }
token=$(curl -sS "$WRENCOS_URL/auth/login" --json "{\"email\":\"$WRENCOS_ADMIN_EMAIL\",\"password\":\"$WRENCOS_ADMIN_PASSWORD\"}" | part token)
as_admin() { curl -sS -H "Authorization: Bearer $token" "$@"; }
show=$(as_admin "$WRENCOS_URL/livestreams" --json '{"title":"A test picture"}' | part livestream _id)
ingest=$(as_admin "$WRENCOS_URL/livestreams/$show/ingest")
path=$(part ingest url <<<"$ingest")
key=$(part ingest bearerToken <<<"$ingest")
say "aiortc publishes $path and watches /whep/$show"
REMEDY="the line above says what did not come"
"$TOOLS/aiortc/bin/python" end2end/clients/encoders.py both "$WRENCOS_URL$path" "$key" "$WRENCOS_URL/whep/$show" "${FRAMES:-150}"

certificate="$ROOT/target/encoders"
REMEDY="read what openssl says in $certificate/openssl.log"
mkdir -p "$certificate"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=encoder -keyout "$certificate/key.pem" -out "$certificate/cert.pem" 2>"$certificate/openssl.log"
say "FFmpeg publishes $path, aiortc watches"
REMEDY="the lines above say what did not come"
"$TOOLS/ffmpeg/bin/python" end2end/clients/ffmpeg.py "$WRENCOS_URL$path" "$key" 12 "$certificate/cert.pem" "$certificate/key.pem" &
publisher=$!
"$TOOLS/aiortc/bin/python" end2end/clients/encoders.py play "$WRENCOS_URL/whep/$show" "${FRAMES:-150}"
wait "$publisher"
