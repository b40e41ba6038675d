#!/usr/bin/env bash
# Sourced by the command in supervisord.conf, which goes on with npm in the folder this leads to.
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

wait_for_update ai-toolkit
load_secrets
open_app ai-toolkit
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  absent ai-toolkit "$TITLE cannot be started: there is no node, or no npm, on PATH."
fi

# adopt_database FILE: moves a database that the app has kept in its checkout to where it is kept now; beside that one,
# if there is one already. The file itself comes last: SQLite completes it from the others.
adopt_database() {
  local part target="$AI_TOOLKIT_DB_PATH"
  [ ! -s "$target" ] || printf -v target '%s.found-%(%s)T' "$target" -1
  for part in -journal -wal ''; do
    [ -e "$1$part" ] || continue
    cp -p -- "$1$part" "$target.new" && mv -- "$target.new" "$target$part" && rm -- "$1$part" || return
  done
}

# keep_database: the database outlives the container. A checkout as upstream has it looks for it at its own top, that
# of the original image where DATABASE_URL says.
keep_database() {
  local own=../aitk_db.db
  export AI_TOOLKIT_DB_PATH="${AI_TOOLKIT_DB_PATH:-$WORKSPACE_ROOT/config/ai-toolkit/aitk_db.db}"
  export DATABASE_URL="file:$AI_TOOLKIT_DB_PATH"
  make_folders "$(dirname -- "$AI_TOOLKIT_DB_PATH")"
  { [ ! -f "$own" ] || [ -L "$own" ] || adopt_database "$own"; } &&
    { [ -e "$AI_TOOLKIT_DB_PATH" ] || : >"$AI_TOOLKIT_DB_PATH"; } &&
    ln -sfT -- "$AI_TOOLKIT_DB_PATH" "$own" ||
    echo "$TITLE may lose its jobs with the container: its database cannot be kept in $AI_TOOLKIT_DB_PATH." >&2
}

# APP is the mark of a finished build, ui/.next/BUILD_ID.
cd "$(dirname -- "$APP")/.." || exit 1
keep_database
use_venv ai-toolkit invoke
export PORT HOSTNAME="$HOST" NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
export npm_config_script_shell="$PILOT_SCRIPTS/ai-toolkit-shell.sh"
