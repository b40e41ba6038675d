#!/usr/bin/env bash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

load_secrets
open_app code-server

# Settings and extensions stay where an earlier LoRA Pilot has put them.
home="$WORKSPACE_ROOT/apps/codeserver"
data=${CODE_SERVER_DATA_DIR:-$(first_of "$WORKSPACE_ROOT/code-server/data" "$home/data")}
extensions=$(first_of "$WORKSPACE_ROOT/code-server/extensions" "$home/extensions")
config=$(first_of "$WORKSPACE_ROOT/home/root/.config/code-server/config.yaml" "$home/config/config.yaml")
[ -z "${CODE_SERVER_CONFIG_DIR:-}" ] || config="$CODE_SERVER_CONFIG_DIR/config.yaml"
make_folders "$data" "$extensions" "$(dirname -- "$config")"

# As with Jupyter: without a password it opens freely to this machine alone. Elsewhere code-server makes up its own.
auth=password
if [ -n "${CODE_SERVER_PASSWORD:-}" ]; then
  export PASSWORD="$CODE_SERVER_PASSWORD"
elif is_loopback "$HOST"; then
  auth=none
fi
exec "$APP" --bind-addr "$HOST:$PORT" --auth "$auth" --config "$config" \
  --user-data-dir "$data" --extensions-dir "$extensions" \
  --disable-telemetry --disable-update-check "$WORKSPACE_ROOT"
