#!/usr/bin/env bash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

home=$(portal_home) || {
  echo "ControlPilot is not built: no server.js. Run: npm run build" >&2
  exit 1
}
node=$(pilot_node) || {
  echo "ControlPilot cannot be started: there is no node on PATH." >&2
  exit 1
}
cd "$home"
export PORT="${PORTAL_PORT:-7878}" HOSTNAME="${PORTAL_HOST:-0.0.0.0}"
export NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
# V8 lets its heap grow to a multiple of what it holds before it tidies up; on a machine that trains, memory is dear.
exec "$node" --max-old-space-size=256 --max-semi-space-size=4 server.js
