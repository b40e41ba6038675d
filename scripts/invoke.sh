#!/usr/bin/env bash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

wait_for_update invoke
load_secrets
open_app invoke

export INVOKEAI_ROOT="${INVOKEAI_ROOT:-$WORKSPACE_ROOT/invokeai}"
export INVOKEAI_HOST="${INVOKEAI_HOST:-$HOST}" INVOKEAI_PORT="${INVOKEAI_PORT:-$PORT}"
make_folders "$INVOKEAI_ROOT" "$WORKSPACE_ROOT/models" "$WORKSPACE_ROOT/outputs/invoke"
make_link "$INVOKEAI_ROOT/models" "$WORKSPACE_ROOT/models"
make_link "$INVOKEAI_ROOT/outputs" "$WORKSPACE_ROOT/outputs/invoke"
exec "$APP" --root "$INVOKEAI_ROOT"
