#!/usr/bin/env bash
# Sourced by the command in supervisord.conf, which goes on with npm in the folder this leads to.
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

load_secrets
open_app ai-toolkit

# APP is the mark of a finished build, ui/.next/BUILD_ID.
cd "$(dirname -- "$APP")/.." || exit 1
export PORT HOSTNAME="$HOST" NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
if VIRTUAL_ENV=$(find_venv ai-toolkit invoke); then
  export VIRTUAL_ENV PATH="$VIRTUAL_ENV/bin:$PATH"
else
  unset VIRTUAL_ENV
fi
