#!/usr/bin/env bash
# What the launch scripts share. Source it: it sets up the environment and starts nothing by itself.

PILOT_SCRIPTS=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
export PILOT_SCRIPTS
export WORKSPACE_ROOT="${WORKSPACE_ROOT:-/workspace}"
export PILOT_RUN_DIR="${PILOT_RUN_DIR:-/run/pilot}"
export PYTHONUNBUFFERED=1

# `bash -l` begins with the PATH of /etc/profile. This puts the one that supervisord was started with in front of it
# again, so that every launcher and the web server look for a command in the same places.
[ -z "${PILOT_PATH:-}" ] || export PATH="$PILOT_PATH:$PATH"

# pilot_node: prints the path of ControlPilot's own Node, or of the one on PATH; fails where there is none.
# A base image may have another Node for its services, older than ControlPilot can use.
pilot_node() {
  local own="$PILOT_SCRIPTS/node/bin/node"
  if [ -x "$own" ]; then echo "$own"; else command -v node; fi
}

# open_app NAME: sets APP, the path of the app as scripts/apps.json finds it, HOST and PORT to listen on, and TITLE.
# Where the app is absent it does not return: a stand-in takes over, or the script ends with a line that says so.
open_app() {
  local node facts=()
  node=$(pilot_node) || absent "$1" "$1 cannot be started: there is no node on PATH."
  mapfile -t facts < <("$node" "$PILOT_SCRIPTS/find-app.mjs" "$1")
  # shellcheck disable=SC2034
  APP=${facts[0]-} HOST=${facts[1]-} PORT=${facts[2]-} TITLE=${facts[3]-$1}
  [ -z "$APP" ] || return 0
  if is_on "${CONTROLPILOT_STAND_INS:-}"; then exec "$node" "$PILOT_SCRIPTS/stand-in.mjs" "$1"; fi
  absent "$1" "$TITLE is not installed: no program at ${facts[4]-}."
}

# absent NAME MESSAGE: ends at once, so that supervisord gives up after its retries. For AI Toolkit an exit is expected:
# it ends after its startsecs, which leaves it "exited" instead of "failed".
absent() {
  echo "$2" >&2
  [ "$1" != ai-toolkit ] || exec sleep 6
  exit 0
}

# make_folders DIR...: the first folder that cannot be made is named, and the app goes on as far as it can without it.
make_folders() {
  local why
  why=$(mkdir -p -- "$@" 2>&1) && return
  why=${why%%$'\n'*}
  echo "$TITLE lacks a folder: ${why#mkdir: }." >&2
}

# load_secrets: exports what secrets.env holds; a variable that is set already, and not empty, wins over it. A file
# that is broken is read as far as it can be. Its text is never quoted in a message: that would put secrets into a log.
load_secrets() {
  local file="$WORKSPACE_ROOT/config/secrets.env" errors='' where=' it to its end' pair name
  if [ -e "$file" ]; then
    {
      IFS= read -r -d '' -t 7 errors || true
      while IFS= read -r -d '' -t 7 pair && [ -n "$pair" ]; do
        name=${pair%%=*}
        # An editor of another system may have left a carriage return at the end of each line.
        [[ ! $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ || -n ${!name-} ]] || export "${pair%$'\r'}"
      done
    } < <(read_secrets "$file")
  fi
  if [ -n "$errors" ]; then
    [[ ! ${errors#"$file: "} =~ ^[^0-9:]*([0-9]+): ]] || where=" its line ${BASH_REMATCH[1]}"
    echo "$file counts only in part: bash cannot read$where." >&2
  fi
  [ -n "${HF_TOKEN:-}" ] || [ -z "${hf_token:-}" ] || export HF_TOKEN="$hf_token"
  if [ -n "${COPILOT_GITHUB_TOKEN:-}" ]; then
    export GH_TOKEN="$COPILOT_GITHUB_TOKEN" GITHUB_TOKEN="$COPILOT_GITHUB_TOKEN"
  fi
}

# read_secrets FILE: prints what bash has to say against the file, then the environment that the file leads to, each
# part ended by a zero byte, then an empty part. In a process of its own: the file is a script, which may end its shell,
# hang, or leave a process behind that keeps the pipe open.
read_secrets() {
  # shellcheck disable=SC2016
  timeout -k 1 5 bash -pc '
    trap "echo out of time >&2; exit" TERM
    trap "trap \"\" TERM; printf \"\\0\"; command -p env -0; printf \"\\0\"" EXIT
    set -a
    . "$1" 2>&1 >/dev/null </dev/null
  ' bash "$1" || true
}

# wait_for_update NAME: waits while the update that this boot re-applies holds the service; see PILOT_RUN_DIR/hold.
wait_for_update() {
  local hold="$PILOT_RUN_DIR/hold/$1" never
  if is_held "$hold"; then
    echo "$1 waits for the update that this boot re-applies."
    # Nothing ever comes through this pipe: read is a sleep that starts no process.
    exec {never}<> <(:)
    while is_held "$hold"; do read -r -t 0.3 -u "$never" || true; done
    exec {never}>&-
  fi
  # What is left of an update that was killed: its pid may be another process's one day.
  [ ! -e "$hold" ] || rm -f -- "$hold" || true
}

# is_held FILE: the file holds the pid of the update's process, without which nobody would release the service. It is
# empty only until that process has been started.
is_held() {
  local pid='' stat='' now since
  [ -e "$1" ] || return 1
  { read -r pid <"$1"; } 2>/dev/null || true
  if [ -n "$pid" ]; then
    [[ $pid =~ ^[0-9]+$ ]] && { read -r stat <"/proc/$pid/stat"; } 2>/dev/null && [[ ${stat##*) } != [ZX]* ]]
  else
    since=$(stat -c %Y -- "$1" 2>/dev/null) && printf -v now '%(%s)T' -1 && ((now - since < 10))
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

# use_venv NAME...: enters the first of these environments and sets PYTHON; without one, the machine's own Python.
use_venv() {
  PYTHON=$(command -v python3) || PYTHON=python3
  unset VIRTUAL_ENV
  VIRTUAL_ENV=$(find_venv "$@") || return 0
  # Apps start tools of their environment by name, as Kohya does with accelerate.
  export VIRTUAL_ENV PATH="$VIRTUAL_ENV/bin:$PATH"
  # shellcheck disable=SC2034
  PYTHON="$VIRTUAL_ENV/bin/python"
}

# make_link PATH TARGET: an app that keeps its files at PATH keeps them at TARGET. What is at PATH already stays.
make_link() {
  local why
  if [ -e "$1" ] || [ -L "$1" ]; then return; fi
  why=$(ln -s -- "$2" "$1" 2>&1) || echo "$TITLE lacks a link to $2: ${why#ln: }." >&2
}

# first_of PATH...: prints the first that there is, or the last.
first_of() {
  while [ $# -gt 1 ] && [ ! -e "$1" ]; do shift; done
  echo "$1"
}

is_loopback() {
  case $1 in 127.* | localhost | ::1) true ;; *) false ;; esac
}

# is_on VALUE: how a switch is written in an environment variable.
is_on() {
  case ${1,,} in 1 | true | yes | on) true ;; *) false ;; esac
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
