# shellcheck shell=bash
# The user's own services are config files in the workspace, which supervisord includes through links. One that it cannot
# start with is left out, so that ControlPilot comes up and says so.

OWN_LINKS=()

# Sets OWN_LINKS, the links of this boot.
link_own_services() {
  local folder file link said
  folder=$(included_folder) || folder=''
  for link in "$folder"/*.conf; do ! is_own_link "$link" || rm -f -- "$link"; done
  for file in "$WORKSPACE_ROOT"/config/services/*.conf; do
    [ -e "$file" ] || [ -L "$file" ] || continue
    link="$folder/${file##*/}"
    if [ -z "$folder" ]; then
      problem "$file is left out: $CONFIG includes no folder of other configs."
    elif ! [ -f "$file" ] || ! [ -r "$file" ]; then
      problem "$file is left out: it is no file that can be read."
    elif said=$({ mkdir -p -- "$folder" && ln -s -- "$file" "$link"; } 2>&1); then
      OWN_LINKS+=("$link")
    else
      cause_in "$said"
      problem "$file is left out: it cannot be linked in $folder ($CAUSE)."
    fi
  done
}

is_own_link() {
  [ -L "$1" ] && [[ $(readlink -- "$1") == "$WORKSPACE_ROOT"/config/services/* ]]
}

# The first folder of which [include] takes every *.conf.
included_folder() {
  local value pattern patterns here=${CONFIG%/*}
  value=$(config_value include files) || return
  read -ra patterns <<<"$value"
  for pattern in "${patterns[@]}"; do
    pattern=${pattern//'%(here)s'/"$here"}
    [[ $pattern == /* ]] || pattern="$here/$pattern"
    [[ $pattern != *%* && $pattern == */\*.conf ]] || continue
    echo "${pattern%/*}"
    return
  done
  return 1
}

# has_section_of SAID FILE: supervisord may name a section, as in 'program:x.command', and not the file that it is from.
has_section_of() {
  [[ $1 =~ \'([a-z-]+:[^\']+)\.[a-z_]+\' ]] && grep -qF "[${BASH_REMATCH[1]}]" -- "$2"
}

# leave_out_broken SAID: takes away the links that supervisord names in what it SAID at its end, or all of them where it
# names none; fails where none is left to take away.
leave_out_broken() {
  local link kept=() broken=() what=it
  for link in "${OWN_LINKS[@]}"; do
    if [[ $1 == *"$link"* ]] || has_section_of "$1" "$link"; then broken+=("$link"); else kept+=("$link"); fi
  done
  if [ ${#broken[@]} -eq 0 ]; then broken=("${kept[@]}") kept=() what="the own services"; fi
  [ ${#broken[@]} -gt 0 ] || return
  OWN_LINKS=("${kept[@]}")
  for link in "${broken[@]}"; do
    problem "$(readlink -- "$link") is left out at this boot, since supervisord did not start with $what: ${1:-it said nothing}"
    rm -f -- "$link"
  done
}
