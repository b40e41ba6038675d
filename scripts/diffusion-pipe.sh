#!/usr/bin/env bash
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

open_app diffpipe

logdir=${DIFFPIPE_LOGDIR:-$WORKSPACE_ROOT/logs/diffusion-pipe}
mkdir -p "$logdir"
exec "$APP" --logdir "$logdir" --host "$HOST" --port "$PORT"
