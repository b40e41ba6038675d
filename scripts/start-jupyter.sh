#!/usr/bin/env bash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

load_secrets
open_app jupyter

export JUPYTER_CONFIG_DIR="${JUPYTER_CONFIG_DIR:-$WORKSPACE_ROOT/config/jupyter}"
export JUPYTER_DATA_DIR="${JUPYTER_DATA_DIR:-$WORKSPACE_ROOT/cache/jupyter}"
export IPYTHONDIR="${IPYTHONDIR:-$WORKSPACE_ROOT/cache/ipython}"
# Jupyter refuses a folder whose files it cannot make private, which on a mounted volume may be impossible.
export JUPYTER_RUNTIME_DIR="${JUPYTER_RUNTIME_DIR:-/tmp/jupyter-runtime-$EUID}"
make_folders "$JUPYTER_CONFIG_DIR" "$JUPYTER_DATA_DIR" "$IPYTHONDIR" "$JUPYTER_RUNTIME_DIR"
[ -O "$JUPYTER_RUNTIME_DIR" ] || JUPYTER_RUNTIME_DIR=$(mktemp -d)
chmod 700 "$JUPYTER_RUNTIME_DIR" || true
cd "$WORKSPACE_ROOT"

# option NAME VALUE: Notebook 6 has the options of the server under a name of its own.
args=(--no-browser --ip="$HOST" --port="$PORT" --port-retries=0)
option() {
  args+=("--ServerApp.$1=$2")
  [ "${APP##*/}" != jupyter-notebook ] || args+=("--NotebookApp.$1=$2")
}

[ "$EUID" != 0 ] || args+=(--allow-root)
# The page of which origin may open a terminal here. Jupyter looks only at how the origin begins, hence the $.
origins='https?://(localhost|127\.0\.0\.1)(:[0-9]+)?|https://[^/]+\.proxy\.runpod\.net'
option allow_origin_pat "(?:$origins${JUPYTER_ALLOW_ORIGIN_PAT:+|$JUPYTER_ALLOW_ORIGIN_PAT})\$"
option allow_remote_access True
# Jupyter reads JUPYTER_TOKEN by itself. Without one: nobody is asked for a token where only this machine can connect;
# elsewhere Jupyter makes up its own and writes it to its log, since a notebook server runs any code it is sent.
if [ -z "${JUPYTER_TOKEN:-}" ] && is_loopback "$HOST"; then
  option token ''
  [ "${APP##*/}" = jupyter-notebook ] || args+=(--IdentityProvider.token=)
fi
exec "$APP" "${args[@]}"
