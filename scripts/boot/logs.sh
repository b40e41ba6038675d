# shellcheck shell=bash
# supervisord does not start without a folder for its logs. Where the one in its config takes nothing, the logs of this
# boot go into PILOT_RUN_DIR, and back at a boot that finds it well again.

place_logs() {
  local present wanted="$WORKSPACE_ROOT/logs" fallback="$PILOT_RUN_DIR/logs"
  present=$(config_value supervisord logfile) && [[ $present == /*/* ]] || return 0
  present=${present%/*}
  # Any other folder was chosen by whoever wrote it there.
  case $present in /workspace/logs | "$wanted" | "$fallback") ;; *) wanted=$present ;; esac
  if takes_logs "$wanted"; then
    [ "$present" = "$wanted" ] || move_logs "$present" "$wanted"
  else
    problem "Nothing can be written into $wanted ($CAUSE): the logs of this boot lie in $fallback, and are gone with it."
    mkdir -p -- "$fallback"
    move_logs "$present" "$fallback"
  fi
}

takes_logs() {
  CAUSE="supervisord's config cannot hold such a name"
  [[ ! $1 =~ [[:cntrl:]\;#%] ]] || return
  local said
  said=$(mkdir -p -- "$1" 2>&1) || { cause_in "$said" && return 1; }
  takes_bytes "$1"
}

# move_logs FROM TO: in every path of a log, and in nothing else.
move_logs() {
  local lines i said
  mapfile lines <"$CONFIG"
  for i in "${!lines[@]}"; do
    [[ ${lines[i]} =~ ^((std(out|err)_)?logfile|childlogdir)[[:space:]]*[=:][[:space:]]*"$1"(/|[[:space:]]|$) ]] || continue
    lines[i]=${lines[i]/"$1"/"$2"}
  done
  said=$(replace_config "${lines[@]}" 2>&1) && return
  cause_in "$said"
  problem "$CONFIG cannot be changed ($CAUSE): it goes on naming $1 for the logs, without which supervisord does not start."
}
