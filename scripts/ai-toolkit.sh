#!/usr/bin/env bash
# Sourced by the command in supervisord.conf, which goes on with npm in the folder this leads to.
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

load_secrets
open_app ai-toolkit

# APP is the mark of a finished build, ui/.next/BUILD_ID.
cd "$(dirname -- "$APP")/.." || exit 1
export PORT HOSTNAME="$HOST" NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
export VIRTUAL_ENV="${PILOT_VENVS_DIR:-/opt/venvs}/ai-toolkit"
export PATH="$VIRTUAL_ENV/bin:$PATH"
