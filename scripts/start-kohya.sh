#!/usr/bin/env bash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

wait_for_update kohya
load_secrets
open_app kohya
use_venv kohya core

cd "$(dirname -- "$APP")"
export PYTHONPATH="$PWD/sd-scripts${PYTHONPATH:+:$PYTHONPATH}"
exec "$PYTHON" kohya_gui.py --headless --listen "$HOST" --server_port "$PORT"
