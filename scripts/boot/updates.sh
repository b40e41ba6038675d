# shellcheck shell=bash
# What ControlPilot's own programs do at a boot. `hold/NAME` keeps a service from starting before its update is over; it
# holds the pid of the reconcile, without which nobody would release it.

RECONCILE=''
PREPARED_AT=''

# The choices that lie in the workspace, for the config that came with the image.
prepare_boot() {
  local code=0 why
  PREPARED_AT=$(stat -c %s -- "$PILOT_RUN_DIR/boot-problems" 2>/dev/null)
  is_bundled prepare-boot || return 0
  (run_bundled prepare-boot timeout -k 2 20) || code=$?
  [ "$code" -ne 0 ] || return 0
  forget_updates
  case $code in 124 | 137) why="a disk did not answer in 20 s" ;; *) why="exit code $code" ;; esac
  problem "This boot could not be prepared ($why): the config's own autostart counts, and no update is re-applied."
}

# Takes back the problems since the preparation began, which is to be done anew.
forget_preparation() {
  [ -z "$PREPARED_AT" ] || truncate -s "$PREPARED_AT" -- "$PILOT_RUN_DIR/boot-problems"
}

# Beside supervisord, whose services it updates; sets RECONCILE to its pid. One that works already goes on.
start_reconcile() {
  local hold
  [ -e "$PILOT_RUN_DIR/reconcile" ] || [ -d "$PILOT_RUN_DIR/hold" ] || return 0
  case ${SERVICE_UPDATES_BOOT_RECONCILE:-1} in 0 | [Ff][Aa][Ll][Ss][Ee] | [Nn][Oo] | [Oo][Ff][Ff])
    forget_updates
    return
    ;;
  esac
  if ! is_bundled service-updates-reconcile; then
    forget_updates
    problem "ControlPilot is not built whole: the chosen versions are not re-applied at this boot."
    return
  fi
  if ! is_running "$RECONCILE"; then
    (run_bundled service-updates-reconcile) &
    RECONCILE=$!
  fi
  for hold in "$PILOT_RUN_DIR"/hold/*; do [ ! -e "$hold" ] || echo "$RECONCILE" >"$hold"; done
}

# Nobody works on updates at this boot: nothing waits for one.
forget_updates() {
  rm -rf -- "$PILOT_RUN_DIR/hold" "$PILOT_RUN_DIR/reconcile"
}

is_bundled() {
  local home
  home=$(portal_home) && [ -f "$home/dist/bin/$1.mjs" ] && pilot_node >/dev/null
}

# run_bundled NAME [PREFIX...]: takes this shell's place.
run_bundled() {
  local node
  node=$(pilot_node) && cd -- "$(portal_home)" && exec "${@:2}" "$node" "dist/bin/$1.mjs"
}
