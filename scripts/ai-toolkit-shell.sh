#!/usr/bin/env bash
# The shell that npm runs the scripts of AI Toolkit with: `ai-toolkit-shell.sh -c COMMAND`. The address to listen on is
# fixed in the command of `npm run start`, and the folders of the results are in the checkout unless a setting says so.

# keep_results: a folder that the user has chosen in the settings of the app stays.
keep_results() {
  python3 - "$AI_TOOLKIT_DB_PATH" "$WORKSPACE_ROOT" <<'PYTHON'
import sqlite3
import sys

database, workspace = sys.argv[1:]
folders = {"TRAINING_FOLDER": "outputs/ai-toolkit", "DATASETS_FOLDER": "datasets", "MODELS_PATH": "models"}
rows = [(key, f"{workspace}/{folder}") for key, folder in folders.items()]
with sqlite3.connect(database, timeout=5) as connection:
    connection.executemany("INSERT OR IGNORE INTO Settings (key, value) VALUES (?, ?)", rows)
PYTHON
}

command=${2-}
if [ "${npm_lifecycle_event:-}" = start ]; then
  keep_results || echo "AI Toolkit keeps its results in its own folder, which is lost with the container." >&2
  if [[ $command =~ ^(.*[[:space:]](--port|-p)[[:space:]=])[0-9]+(.*)$ ]]; then
    command="${BASH_REMATCH[1]}$PORT${BASH_REMATCH[3]}"
  fi
  [ "$HOSTNAME" = 0.0.0.0 ] || command=${command/next start/next start --hostname $HOSTNAME}
fi
exec sh -c "$command"
