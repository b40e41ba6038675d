#!/usr/bin/env bash
# What the install scripts share. Source it: it says how one of them begins, and ends where it fails.
# PILOT_ROOT stands in front of every path of the machine; tests set it, an image leaves it empty.
set -euo pipefail

ROOT=${PILOT_ROOT:-}
WORK=$(mktemp -d)
APP='' REASON='' STEP="reading its settings"

finish() {
  local code=$?
  rm -rf "$WORK"
  [ "$code" = 0 ] || echo "$APP cannot be installed: ${REASON:-$STEP failed for the reason above (exit code $code)}." >&2
}
trap finish EXIT

# begin APP FLAG: ends the script well where the variable FLAG says that the app is not wanted; unset, it is.
begin() {
  APP=$1
  case ${!2-1} in
    1 | true | yes | on) ;;
    0 | false | no | off | '') exit 0 ;;
    *) fail "$2 is \"${!2}\", which is neither 1 nor 0" ;;
  esac
}

step() {
  STEP=$1
  echo "$APP: $1"
}

fail() {
  REASON=$1
  exit 1
}

# need VARIABLE...: these are set; the Dockerfile holds the pinned ones.
need() {
  local name
  for name; do [ -n "${!name:-}" ] || fail "$name is not set"; done
}

# system_packages PACKAGE...: those that are missing, from Debian or Ubuntu.
system_packages() {
  local name missing=()
  for name; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  step "installing the system's ${missing[*]}"
  command -v apt-get >/dev/null || fail "it needs ${missing[*]}, and there is no apt-get: the base must be Debian or Ubuntu"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  # A config that the base has put there itself stays; dpkg would ask, and fail where nobody answers.
  apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}"
  apt-get clean
  find "$ROOT/var/lib/apt/lists" -mindepth 1 -delete
}
