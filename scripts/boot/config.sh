# shellcheck shell=bash
# supervisord's config, as far as the boot looks at it: the one that COMMAND names.

# find_config COMMAND...: sets CONFIG, empty where there is no config to prepare.
find_config() {
  CONFIG=''
  case ${1-} in
  supervisord | */supervisord)
    CONFIG=/etc/supervisor/supervisord.conf
    while [ $# -gt 1 ]; do
      shift
      case $1 in
      -c | --configuration) CONFIG=${2-} ;;
      -c?*) CONFIG=${1#-c} ;;
      --configuration=*) CONFIG=${1#*=} ;;
      esac
    done
    ;;
  '') CONFIG=${SUPERVISOR_CONFIG_PATH:-} ;;
  esac
  [[ ! $CONFIG =~ ^[^/] ]] || CONFIG="$PWD/$CONFIG"
  if [ -f "$CONFIG" ]; then export SUPERVISOR_CONFIG_PATH="$CONFIG"; else CONFIG=''; fi
}

# config_value SECTION KEY: prints the value that counts, without a comment behind it; fails where there is none.
config_value() {
  local line section='' value
  while IFS= read -r line || [ -n "$line" ]; do
    if [[ $line =~ ^\[([^]]*)\] ]]; then
      section=${BASH_REMATCH[1]}
    elif [ "$section" = "$1" ] && [[ $line =~ ^"$2"[[:space:]]*[=:][[:space:]]*(.*)$ ]]; then
      value=${BASH_REMATCH[1]}
      value=${value%%[[:space:]][;#]*}
    fi
  done <"$CONFIG"
  [ -n "${value-}" ] && echo "${value%"${value##*[![:space:]]}"}"
}

# supervisord's own words for it are "Can't drop privilege as nonroot user".
check_user() {
  local user
  [ "$EUID" -ne 0 ] && user=$(config_value supervisord user) && [ "$(id -u -- "$user" 2>/dev/null)" != "$EUID" ] || return 0
  problem "$CONFIG has supervisord run as $user, which user $EUID may not: supervisord does not start unless this runs as root."
}

# replace_config LINE...: in one step, so that a kill or a full disk leaves the old one whole.
replace_config() {
  local new="$CONFIG.new"
  if cp -p -- "$CONFIG" "$new" && printf %s "$@" >"$new" && sync -- "$new"; then
    mv -fT -- "$new" "$CONFIG" 2>/dev/null && { sync -- "${CONFIG%/*}" 2>/dev/null || true; } && return
  elif [ -e "$new" ]; then
    rm -f -- "$new"
    return 1
  fi
  rm -f -- "$new" 2>/dev/null
  overwrite_config "$@"
}

# overwrite_config LINE...: in place, for a mount or in a folder that takes no files. What does not fit is taken back:
# the old text has its room on the disk still, since `<>` does not empty the file first.
overwrite_config() {
  local old
  mapfile old <"$CONFIG"
  put_config "$@" && return
  put_config "${old[@]}" 2>/dev/null
  return 1
}

put_config() {
  local text
  printf -v text %s "$@"
  local LC_ALL=C
  printf %s "$text" 1<>"$CONFIG" && truncate -s ${#text} -- "$CONFIG" && sync -- "$CONFIG"
}
