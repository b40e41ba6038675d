#!/usr/bin/env bash
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

open_app invoke

export INVOKEAI_ROOT="${INVOKEAI_ROOT:-$WORKSPACE_ROOT/invokeai}"
export INVOKEAI_HOST="$HOST" INVOKEAI_PORT="$PORT"
mkdir -p "$INVOKEAI_ROOT"
exec "$APP" --root "$INVOKEAI_ROOT"
