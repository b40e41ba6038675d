#!/usr/bin/env bash
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

load_secrets
open_app code-server

# As with Jupyter: without a password it opens freely to this machine alone. Elsewhere code-server makes up its own.
auth=password
if [ -n "${CODE_SERVER_PASSWORD:-}" ]; then
  export PASSWORD="$CODE_SERVER_PASSWORD"
elif is_loopback "$HOST"; then
  auth=none
fi
exec "$APP" --bind-addr "$HOST:$PORT" --auth "$auth" --disable-telemetry --disable-update-check "$WORKSPACE_ROOT"
