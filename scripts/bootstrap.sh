#!/usr/bin/env bash
# Makes the machine ready for supervisord, then runs it: `bootstrap.sh supervisord -n -c FILE`. Another command takes
# its place instead; without one it only prepares. What fails is told by `problem` and never stops the boot.

# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
for part in problems config workspace secrets logs own-services updates supervise; do
  # shellcheck disable=SC1090
  . "$PILOT_SCRIPTS/boot/$part.sh"
done

export PILOT_PATH="${PILOT_PATH:-$PATH}"
find_config "$@"

empty_run_dir
set_umask
lay_out_workspace
copy_bundled_apps
keep_secrets
if [ -n "$CONFIG" ]; then
  check_user
  place_logs
  link_own_services
  prepare_boot
fi

case ${1-} in
'') forget_updates ;;
supervisord | */supervisord) run_supervisord "$@" ;;
*)
  forget_updates
  exec "$@"
  ;;
esac
