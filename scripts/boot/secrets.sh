# shellcheck shell=bash
# config/secrets.env is a script of `export NAME='value'` lines that the user may edit. What it lacks is appended, what
# it has is never changed. For what runs, a variable of the container wins over the file.

SECRETS_MADE_UP=(JUPYTER_TOKEN CODE_SERVER_PASSWORD SUPERVISOR_ADMIN_PASSWORD)
SECRETS=("${SECRETS_MADE_UP[@]}" HF_TOKEN COPILOT_GITHUB_TOKEN)
# Where only this machine can connect, Jupyter and VS Code Server ask nobody: see their launchers.
! is_loopback "${SERVICE_HOST:-0.0.0.0}" || SECRETS_MADE_UP=(SUPERVISOR_ADMIN_PASSWORD)
# Whoever finds the address that RunPod's proxy gives to a machine gets to ControlPilot. It needs a password there,
# unless it has one, or its user has said on the settings page that everybody may come in.
needs_portal_password() {
  local settings="$WORKSPACE_ROOT/config/controlpilot/access.json"
  [ -n "${RUNPOD_POD_ID:-}${RUNPOD_PUBLIC_IP:-}" ] && [ -z "${CONTROLPILOT_PASSWORD:-}" ] || return
  ! is_loopback "${PORTAL_HOST:-0.0.0.0}" || return
  ! grep -Eqs '"password": "scrypt|"meant": true' -- "$settings"
}

if needs_portal_password; then
  SECRETS_MADE_UP+=(CONTROLPILOT_PASSWORD)
  SECRETS+=(CONTROLPILOT_PASSWORD)
fi

# Leaves SUPERVISOR_ADMIN_PASSWORD exported and never empty: supervisord would let everyone in.
keep_secrets() {
  local file="$WORKSPACE_ROOT/config/secrets.env" fault=''
  local -A held=() missing=()
  examine_secrets "$file" && hold_secrets "$file"
  choose_missing
  [ -n "$fault" ] || [ ${#missing[@]} -eq 0 ] || append_secrets "$file"
  local kept=${held[SUPERVISOR_ADMIN_PASSWORD]-}
  export SUPERVISOR_ADMIN_PASSWORD="${SUPERVISOR_ADMIN_PASSWORD:-${kept:-${missing[SUPERVISOR_ADMIN_PASSWORD]-}}}"
  [ -z "$fault" ] || tell_fault "$file"
  ! needs_portal_password || close_portal "$file"
  make_private "$file"
}

# Sets `fault` where the file is none that may be appended to; fails where nothing can be read from it. Its text is not
# quoted, since a secret may stand in it.
examine_secrets() {
  local said where=' it to its end'
  [ -e "$1" ] || return
  if [ ! -f "$1" ]; then fault="is not a file"; elif [ ! -r "$1" ]; then fault="cannot be read"; fi
  [ -z "$fault" ] || return
  said=$(bash -n -- "$1" 2>&1) && return
  [[ ! ${said#"$1: "} =~ ^[^0-9:]*([0-9]+): ]] || where=" its line ${BASH_REMATCH[1]}"
  fault="counts only in part: bash cannot read$where"
}

# hold_secrets FILE: fills `held` from what the file leads to, and sets `fault` where it leads nowhere. It is a script:
# it may end its shell, hang, or leave a process behind that keeps the pipe open, hence no reading to the end.
hold_secrets() {
  local name value values
  exec {values}< <(values_after "$1")
  for name in "${SECRETS[@]}"; do
    if ! IFS= read -r -d '' -t 7 -u "$values" value; then
      fault="does not come to its end in 5 s"
      break
    fi
    # An editor of another system may have left a carriage return at the end of each line.
    held[$name]=${value%$'\r'}
  done
  exec {values}<&-
}

# The values of SECRETS that FILE sets, each ended by a zero byte.
values_after() {
  # shellcheck disable=SC2016
  timeout -k 1 5 bash -pc '
    secrets_file=$1 secrets_names=("${@:2}")
    unset "${secrets_names[@]}"
    exec {secrets_out}>&1 >/dev/null 2>&1 </dev/null
    tell() { for name in "${secrets_names[@]}"; do printf "%s\\0" "${!name-}"; done >&"$secrets_out"; }
    trap tell EXIT
    trap "trap - EXIT; exit 1" TERM
    . "$secrets_file"
  ' bash "$1" "${SECRETS[@]}"
}

# Fills `missing` from the container's variables and, for those that every workspace has, by chance.
choose_missing() {
  local name HF_TOKEN=${HF_TOKEN:-${hf_token:-}}
  for name in "${SECRETS[@]}"; do
    [ -n "${held[$name]-}" ] || [ -z "${!name-}" ] || missing[$name]=${!name}
  done
  for name in "${SECRETS_MADE_UP[@]}"; do
    [ -n "${held[$name]-}${missing[$name]-}" ] || missing[$name]=$(random_secret)
  done
}

random_secret() {
  local hex
  hex=$(od -An -N24 -tx1 /dev/urandom)
  hex=${hex//[[:space:]]/}
  [ ${#hex} -eq 48 ] || read -r hex </proc/sys/kernel/random/uuid
  echo "$hex"
}

# append_secrets FILE: the whole of it is on the disk, and proven to be read as meant, before it takes the old one's place.
append_secrets() {
  local target=$1 lines said
  [ ! -L "$1" ] || target=$(readlink -f -- "$1")
  local new="$target.new"
  lines=$(export_lines)
  if ! said=$(write_with_lines "$target" "$new" "$lines" 2>&1); then
    cause_in "$said"
    fault="cannot be written ($CAUSE)"
  elif ! leads_to_missing "$new"; then
    fault="ends before its end: what is appended to it would not count"
  # A file that the container was given as a mount cannot be replaced.
  elif ! mv -fT -- "$new" "$target" 2>/dev/null && ! said=$(append_in_place "$target" "$lines" 2>&1); then
    cause_in "$said"
    fault="cannot be written ($CAUSE)"
  fi
  rm -f -- "$new" 2>/dev/null
  [ -n "$fault" ] || sync -- "$target" "${target%/*}" 2>/dev/null || true
}

# The blank line ends a last line that has no end, or that says it goes on.
export_lines() {
  local name
  printf '\n# Added at the boot of %(%F %T)T:\n' -1
  for name in "${SECRETS[@]}"; do
    [ -z "${missing[$name]-}" ] || printf "export %s='%s'\n" "$name" "${missing[$name]//\'/\'\\\'\'}"
  done
}

write_with_lines() {
  local target=$1 new=$2 lines=$3
  umask 077
  mkdir -p -- "${target%/*}" && rm -f -- "$new" && : >"$new" || return
  if [ -e "$target" ]; then
    cat -- "$target" >"$new" || return
    chown --reference="$target" -- "$new" 2>/dev/null || true
  else
    echo "# Read by the services at their start; a variable of the container wins over what stands here." >"$new"
  fi
  echo "$lines" >>"$new" && sync -- "$new"
}

# What a full disk has room for is taken back: half a line could keep bash from reading the others.
append_in_place() {
  local size
  size=$(stat -c %s -- "$1") || return
  echo "$2" >>"$1" && return
  truncate -s "$size" -- "$1"
  return 1
}

leads_to_missing() {
  local name
  local -A held=()
  hold_secrets "$1"
  for name in "${!missing[@]}"; do [ "${held[$name]-}" = "${missing[$name]%$'\r'}" ] || return; done
}

tell_fault() {
  local sentence="$1 $fault. It was not changed" name lacking=''
  for name in "${SECRETS[@]}"; do [ -z "${missing[$name]-}" ] || lacking+="${lacking:+, }$name"; done
  [ -z "$lacking" ] || sentence+=", and $lacking cannot be kept in it"
  if [ "$SUPERVISOR_ADMIN_PASSWORD" = "${missing[SUPERVISOR_ADMIN_PASSWORD]-}" ]; then
    sentence+=": the password of supervisord's own page counts for this boot only"
  fi
  problem "$sentence."
}

# close_portal FILE: a password that cannot be kept counts all the same, since closed is better than open to everybody.
close_portal() {
  if [ -n "${held[CONTROLPILOT_PASSWORD]-}" ] || [ -z "$fault" ]; then
    echo "bootstrap: ControlPilot asks for a password: it is CONTROLPILOT_PASSWORD in $1." >&2
    return
  fi
  export CONTROLPILOT_PASSWORD=${missing[CONTROLPILOT_PASSWORD]}
  problem "Nobody can sign in to ControlPilot before CONTROLPILOT_PASSWORD can be kept in $1, or is a variable of the container."
}

make_private() {
  local mode said
  mode=$(stat -Lc %a -- "$1" 2>/dev/null) && (((8#$mode & 8#77) != 0)) || return 0
  said=$(chmod 600 -- "$1" 2>&1) && return
  cause_in "$said"
  problem "Others than its owner may read $1, and that cannot be changed ($CAUSE)."
}
