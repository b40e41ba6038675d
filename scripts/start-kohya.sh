#!/usr/bin/env bash
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

open_app kohya

cd "$(dirname -- "$APP")"
export PYTHONPATH="$PWD/sd-scripts${PYTHONPATH:+:$PYTHONPATH}"
exec "$(venv_python kohya core)" kohya_gui.py --headless --listen "$HOST" --server_port "$PORT"
