# shellcheck shell=bash
# supervisord as a child of this shell, which stops everything in order when it is told to. A second signal, or a
# supervisord that does not end, ends everything by force.

# What supervisord itself may need, beyond the time that its services may take.
SLACK_SECONDS=5
# One that ends by itself sooner than this could not start.
START_SECONDS=15

run_supervisord() {
  local stops=0 waits='' waker='' supervisord='' relay='' code=143
  trap count_stop TERM INT QUIT
  trap : USR1
  trap 'send HUP "$supervisord"' HUP
  trap 'send USR2 "$supervisord"' USR2
  start_reconcile
  while [ "$stops" -eq 0 ]; do
    start_supervisord "$@"
    waits=yes
    # A signal cuts `wait` short.
    while [ "$stops" -eq 0 ] && is_running "$supervisord"; do wait "$supervisord"; done
    waits=''
    ! is_running "$supervisord" || break
    can_start_without_own || break
    # The first preparation has changed nothing in a config that it could not read either.
    prepare_boot
    start_reconcile
  done
  trap '' USR1
  keep_holds
  end_reconcile
  ! is_running "$supervisord" || stop_in_order "$1"
  [ -z "$supervisord" ] || { wait "$supervisord" && code=0 || code=$?; }
  [ -z "$waker" ] || wait "$waker"
  end_as "$code"
}

count_stop() {
  stops=$((stops + 1))
  [ -z "$waits" ] || { wake & waker=$!; }
}

# A signal that comes right before `wait` would be slept over: this one comes later, and cuts it short.
wake() {
  sleep 0.2
  kill -s USR1 $$
}

# What it says on its stderr is kept only where it may be needed: each pipe is one thing more that can break.
start_supervisord() {
  local with_parent=() said=2
  ! setpriv --pdeathsig TERM true 2>/dev/null || with_parent=(setpriv --pdeathsig TERM)
  if [ ${#OWN_LINKS[@]} -gt 0 ]; then
    exec {said}> >(keep_first_lines "$PILOT_RUN_DIR/boot-stderr")
    relay=$!
  fi
  SECONDS=0
  "${with_parent[@]}" "$@" 2>&"$said" &
  supervisord=$!
  [ "$said" -eq 2 ] || exec {said}>&-
}

keep_first_lines() {
  local line left=20
  trap '' TERM INT QUIT HUP USR2 PIPE
  : >"$1"
  while IFS= read -r line || [ -n "$line" ]; do
    echo "$line" >&2
    [ $((left--)) -le 0 ] || echo "$line" >>"$1"
  done
}

# Whether supervisord could not start, and is to be tried again without the services of the user that it complained of.
can_start_without_own() {
  local said
  wait "$supervisord"
  code=$?
  [ "$code" -ne 0 ] && [ "$code" -le 128 ] && [ "$SECONDS" -lt "$START_SECONDS" ] && [ ${#OWN_LINKS[@]} -gt 0 ] || return
  wait "$relay"
  forget_preparation
  said=$(<"$PILOT_RUN_DIR/boot-stderr")
  said=${said##*Error: }
  said=${said%%For help, use*}
  said=${said%%Available names:*}
  said=${said%"${said##*[![:space:]]}"}
  leave_out_broken "${said::300}"
}

# All services at once: supervisord, told to end, would stop them one after the other. Then supervisord itself.
stop_in_order() {
  local patience ctl=${1%supervisord}supervisorctl
  patience=$(($(longest_stop) + SLACK_SECONDS))
  send CONT "$supervisord"
  timeout -k 1 "$patience" "$ctl" -c "$CONFIG" stop all >/dev/null 2>&1 &
  ends_within "$patience" $!
  send TERM "$supervisord"
  ends_within "$patience" "$supervisord" || end_by_force
}

# Without the reconcile a launcher that waits would go on, into what is half updated: it waits for this shell now.
keep_holds() {
  local hold
  for hold in "$PILOT_RUN_DIR"/hold/*; do [ ! -e "$hold" ] || echo $$ >"$hold"; done
}

# The longest stopwaitsecs, in seconds, after which supervisord kills a service; 10 is its own default.
longest_stop() {
  local line longest=10
  while IFS= read -r line; do
    [[ ! $line =~ ^stopwaitsecs[[:space:]]*[=:][[:space:]]*([0-9]+) ]] || ((BASH_REMATCH[1] <= longest)) ||
      longest=${BASH_REMATCH[1]}
  done < <(cat -- "$CONFIG" "${OWN_LINKS[@]}" 2>/dev/null)
  echo "$longest"
}

# Its services first: they would run on without supervisord, and keep their ports. Frozen, it starts no new ones.
end_by_force() {
  local family
  send STOP "$supervisord"
  mapfile -t family < <(family_of "$supervisord")
  kill -KILL "${family[@]}" 2>/dev/null
}

# The process and all that come from it, each on a line.
family_of() {
  local stat parent pid family=("$1") i
  local -A children=()
  for stat in /proc/[0-9]*/stat; do
    { IFS= read -r -d '' parent <"$stat"; } 2>/dev/null
    [[ $parent =~ ^([0-9]+).*\)\ .\ ([0-9]+) ]] && children[${BASH_REMATCH[2]}]+=" ${BASH_REMATCH[1]}"
  done
  for ((i = 0; i < ${#family[@]}; i++)); do
    for pid in ${children[${family[i]}]-}; do family+=("$pid"); done
  done
  printf '%s\n' "${family[@]}"
}

end_reconcile() {
  send TERM "$RECONCILE"
  ends_within 1 "$RECONCILE" || send KILL "$RECONCILE"
}

# ends_within SECONDS CHILD: fails once the time is over, or a second signal asks for haste.
ends_within() {
  local until=$((SECONDS + $1))
  while is_running "$2"; do
    [ "$stops" -le 1 ] && [ "$SECONDS" -le "$until" ] || return
    sleep 0.05
  done
}

# A pid alone proves nothing: it may be another process's by now.
is_running() {
  [ -n "$1" ] && [[ $'\n'$(jobs -rp)$'\n' == *$'\n'"$1"$'\n'* ]]
}

send() {
  ! is_running "$2" || kill -s "$1" "$2"
}

# As the child ended, so does this: its parent sees the signal too.
end_as() {
  trap - TERM INT QUIT HUP USR2
  [ "$1" -le 128 ] || kill -s $(($1 - 128)) $$ 2>/dev/null
  exit "$1"
}
