#!/usr/bin/env bash
# Makes the machine ready for supervisord. `bootstrap.sh supervisord -n -c FILE` goes on as that command;
# sourced, it leaves SUPERVISOR_ADMIN_PASSWORD exported. A part that fails says so and never stops the boot.

. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

export PILOT_PATH="${PILOT_PATH:-$PATH}"

make_folders() {
  mkdir -p "$WORKSPACE_ROOT"/{apps,cache,config,datasets,home,logs,models,outputs} ||
    echo "bootstrap: cannot make the folders in $WORKSPACE_ROOT: supervisord needs $WORKSPACE_ROOT/logs." >&2
}

# The variable wins, then secrets.env, then a new random one, which is appended there: a later line counts.
set_admin_password() {
  local file="$WORKSPACE_ROOT/config/secrets.env"
  if [ -z "${SUPERVISOR_ADMIN_PASSWORD:-}" ] && [ -r "$file" ]; then
    SUPERVISOR_ADMIN_PASSWORD=$(load_secrets >/dev/null 2>&1; printf %s "${SUPERVISOR_ADMIN_PASSWORD:-}")
  fi
  if [ -z "${SUPERVISOR_ADMIN_PASSWORD:-}" ]; then
    SUPERVISOR_ADMIN_PASSWORD=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
    (
      umask 077
      {
        [ -z "$(tail -c 1 "$file" 2>/dev/null)" ] || echo
        echo "SUPERVISOR_ADMIN_PASSWORD=$SUPERVISOR_ADMIN_PASSWORD"
      } >>"$file"
    ) || echo "bootstrap: cannot write $file: the password of this boot is kept nowhere." >&2
  fi
  export SUPERVISOR_ADMIN_PASSWORD
  [ ! -e "$file" ] || chmod 600 "$file" || echo "bootstrap: cannot make $file readable to its owner only." >&2
}

# The config lies in the image and is lost with it; the user's choices lie in the workspace.
reapply_autostart() {
  local home
  home=$(portal_home) && [ -f "$home/dist/bin/reapply-autostart.mjs" ] || return 0
  (cd -- "$home" && timeout 30 node dist/bin/reapply-autostart.mjs >&2) ||
    echo "bootstrap: the autostart choices were not re-applied; the config's own count." >&2
}

# The versions that the user chose; the image brings others. It has deadlines of its own, and says what it does.
reconcile_updates() {
  local home
  case ${SERVICE_UPDATES_BOOT_RECONCILE:-1} in 0 | false | no | off) return 0 ;; esac
  home=$(portal_home) && [ -f "$home/dist/bin/service-updates-reconcile.mjs" ] || return 0
  (cd -- "$home" && timeout 2400 node dist/bin/service-updates-reconcile.mjs >&2) ||
    echo "bootstrap: not every service is at the version that was chosen for it." >&2
}

make_folders
set_admin_password
reapply_autostart
reconcile_updates

if [ "${BASH_SOURCE[0]}" = "$0" ] && [ $# -gt 0 ]; then
  exec "$@"
fi
