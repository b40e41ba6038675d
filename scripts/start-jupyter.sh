#!/usr/bin/env bash
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

load_secrets
open_app jupyter

export JUPYTER_CONFIG_DIR="${JUPYTER_CONFIG_DIR:-$WORKSPACE_ROOT/config/jupyter}"
mkdir -p "$JUPYTER_CONFIG_DIR"
cd "$WORKSPACE_ROOT"

args=(--no-browser --ip="$HOST" --port="$PORT" --port-retries=0)
[ "$(id -u)" != 0 ] || args+=(--allow-root)
# Jupyter reads JUPYTER_TOKEN by itself. Without one: nobody is asked for a token where only this machine can connect;
# elsewhere Jupyter makes up its own and writes it to its log, since a notebook server runs any code it is sent.
if [ -z "${JUPYTER_TOKEN:-}" ] && is_loopback "$HOST"; then
  case ${APP##*/} in
    jupyter-notebook) args+=(--NotebookApp.token= --ServerApp.token=) ;;
    *) args+=(--IdentityProvider.token= --ServerApp.token=) ;;
  esac
fi
exec "$APP" "${args[@]}"
