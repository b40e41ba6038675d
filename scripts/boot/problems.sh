# shellcheck shell=bash
# What belongs to this boot alone lies in PILOT_RUN_DIR, and first of all what went wrong at it.

# What an earlier boot left is removed by name: a workspace of `npm start` keeps its socket there too.
empty_run_dir() {
  local own=("$PILOT_RUN_DIR"/{boot-problems,boot-stderr,hold,reconcile,logs})
  { mkdir -p -- "$PILOT_RUN_DIR" && rm -rf -- "${own[@]}" && : >"$PILOT_RUN_DIR/boot-problems"; } 2>/dev/null && return
  local wanted=$PILOT_RUN_DIR
  PILOT_RUN_DIR=$(mktemp -d "${TMPDIR:-/tmp}/pilot.XXXXXX") || PILOT_RUN_DIR=$wanted
  problem "Nothing can be written into $wanted: what belongs to this boot lies in $PILOT_RUN_DIR instead."
}

# problem SENTENCE: names the thing, the cause and what follows; ControlPilot shows it for as long as this boot lasts.
problem() {
  local sentence=${1//[[:cntrl:]]/ }
  echo "bootstrap: $sentence" >&2
  { echo "$sentence" >>"$PILOT_RUN_DIR/boot-problems"; } 2>/dev/null || true
}

# cause_in MESSAGE: sets CAUSE to the system's own words, which stand at the end of a program's first complaint.
cause_in() {
  CAUSE=${1%%$'\n'*}
  CAUSE=${CAUSE##*: }
  CAUSE=${CAUSE:-unknown cause}
}
