#!/usr/bin/env bash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

load_secrets
open_app copilot
use_venv core

# The same home as that of the terminals, so that who signs in there has signed in here.
export HOME="${COPILOT_HOME:-$WORKSPACE_ROOT/home/root}"
export XDG_CONFIG_HOME="${COPILOT_XDG_CONFIG_HOME:-$HOME/.config}"
export COPILOT_CWD="${COPILOT_CWD:-$WORKSPACE_ROOT}" COPILOT_TIMEOUT_SECONDS="${COPILOT_TIMEOUT_SECONDS:-1800}"
make_folders "$HOME" "$XDG_CONFIG_HOME"
exec "$PYTHON" -m uvicorn app:app --host "$HOST" --port "$PORT" --app-dir "$(dirname -- "$APP")"
