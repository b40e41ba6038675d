#!/usr/bin/env bash
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

open_app copilot

exec "$(venv_python core)" -m uvicorn app:app --host "$HOST" --port "$PORT" --app-dir "$(dirname -- "$APP")"
