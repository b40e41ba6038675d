#!/usr/bin/env bash
# What the launch scripts share. Source it: it sets up the environment and starts nothing by itself.

PILOT_SCRIPTS=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
export WORKSPACE_ROOT="${WORKSPACE_ROOT:-/workspace}"
export PYTHONUNBUFFERED=1

# `bash -l` begins with the PATH of /etc/profile. This puts the one that supervisord was started with in front of it
# again, so that every launcher and the web server look for a command in the same places.
[ -z "${PILOT_PATH:-}" ] || export PATH="$PILOT_PATH:$PATH"

# open_app NAME: sets APP, the path of the app as scripts/apps.json finds it, and HOST and PORT to listen on.
# Where the app is absent it does not return: a stand-in takes over, or the script ends with a line that says so.
open_app() {
  local facts=()
  command -v node >/dev/null || absent "$1" "$1 cannot be started: there is no node on PATH."
  mapfile -t facts < <(node "$PILOT_SCRIPTS/find-app.mjs" "$1")
  APP=${facts[0]-} HOST=${facts[1]-} PORT=${facts[2]-}
  [ -z "$APP" ] || return 0
  case ${CONTROLPILOT_STAND_INS:-} in 1 | true | yes | on) exec node "$PILOT_SCRIPTS/stand-in.mjs" "$1" ;; esac
  absent "$1" "${facts[3]-} is not installed: no program at ${facts[4]-}."
}

# absent NAME MESSAGE: ai-toolkit is optional and ends well, but not before its startsecs are over: supervisord calls
# an earlier end a failed start, whatever the exit code, and would try again.
absent() {
  echo "$2" >&2
  [ "$1" != ai-toolkit ] || exec sleep 6
  exit 127
}

# load_secrets: exports what secrets.env holds, and the Copilot token under the two names that GitHub's tools read.
load_secrets() {
  local file="$WORKSPACE_ROOT/config/secrets.env" options=$-
  if [ -r "$file" ]; then
    set +eu -a
    # shellcheck disable=SC1090
    . "$file"
    set +a
    case $options in *e*) set -e ;; esac
    case $options in *u*) set -u ;; esac
  fi
  if [ -n "${COPILOT_GITHUB_TOKEN:-}" ]; then
    export GH_TOKEN="$COPILOT_GITHUB_TOKEN" GITHUB_TOKEN="$COPILOT_GITHUB_TOKEN"
  fi
}

# find_venv NAME...: the first of these virtual environments that there is; updates look in the same order.
find_venv() {
  local name
  for name; do
    [ -x "${PILOT_VENVS_DIR:-/opt/venvs}/$name/bin/python" ] || continue
    echo "${PILOT_VENVS_DIR:-/opt/venvs}/$name"
    return
  done
  return 1
}

# venv_python NAME...: the Python of the first of these environments, or the machine's own where there is none.
venv_python() {
  local venv
  if venv=$(find_venv "$@"); then echo "$venv/bin/python"; else command -v python3; fi
}

is_loopback() {
  case $1 in 127.* | localhost | ::1) true ;; *) false ;; esac
}

# The folder of the built web server: beside scripts/ in a checkout, apps/Portal in the image.
portal_home() {
  local dir dirs=("$PILOT_SCRIPTS/../.next/standalone" "$PILOT_SCRIPTS/apps/Portal")
  [ -z "${CONTROLPILOT_HOME:-}" ] || dirs=("$CONTROLPILOT_HOME")
  for dir in "${dirs[@]}"; do
    [ -f "$dir/server.js" ] || continue
    (cd -- "$dir" && pwd -P)
    return
  done
  return 1
}
