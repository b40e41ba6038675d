#!/usr/bin/env bash
# Checkouts as ControlPilot's updates expect them: a remote "origin" with all branches, HEAD on a branch, a tag or a
# commit, submodules in place. They are shallow: an update fetches what it needs.

REPOS=${PILOT_REPOS_DIR:-$ROOT/opt/pilot/repos}
export GIT_TERMINAL_PROMPT=0

# checkout URL REF FOLDER: sets DIR, the folder of the repositories that is at REF, a branch, tag or full commit.
checkout() {
  local url ref=$2 new
  DIR=$REPOS/$3
  url=$(without_login "$1")
  lend_login "$1" "$url"
  step "getting $ref of $url"
  if [ -e "$DIR" ]; then
    [ -e "$DIR/.git" ] || fail "$DIR is there, and is no git checkout"
    go_to "$DIR" "$url" "$ref"
    return
  fi
  # What is half done has another name: a folder of this name counts as installed.
  new=$REPOS/.new-$3
  rm -rf "$new"
  mkdir -p "$REPOS"
  git init --quiet "$new"
  git -C "$new" remote add origin "$url"
  go_to "$new" "$url" "$ref"
  mv "$new" "$DIR"
}

go_to() {
  local dir=$1 url=$2 ref=$3
  git -C "$dir" remote set-url origin "$url"
  if ! is_at "$dir" "$ref"; then bring "$dir" "$url" "$ref"; fi
  git -C "$dir" -c advice.detachedHead=false submodule --quiet update --init --recursive --depth=1
}

# A tag or commit stays what it is, so nobody is asked again; a branch may have moved.
is_at() {
  local head
  head=$(git -C "$1" rev-parse --verify --quiet HEAD) || return
  [ "$head" = "$2" ] || [ "$head" = "$(git -C "$1" rev-parse --verify --quiet "refs/tags/$2^{commit}")" ]
}

bring() {
  local dir=$1 url=$2 ref=$3 found depth=()
  if is_shallow_or_empty "$dir"; then depth=(--depth=1); fi
  if [[ $ref =~ ^[0-9a-f]{40}$ ]]; then
    fetch "$dir" "$ref" || fail "$url gave no commit $ref"
    switch "$dir" --detach "$ref"
    return
  fi
  found=$(git -C "$dir" ls-remote origin "refs/heads/$ref" "refs/tags/$ref")
  case $found in
    *"	refs/heads/$ref"*)
      fetch "$dir" "+refs/heads/$ref:refs/remotes/origin/$ref"
      switch "$dir" -B "$ref" --track "origin/$ref"
      ;;
    *"	refs/tags/$ref"*)
      fetch "$dir" "+refs/tags/$ref:refs/tags/$ref"
      switch "$dir" --detach "refs/tags/$ref"
      ;;
    *) fail "$url has no branch or tag $ref; a commit must be given in full" ;;
  esac
}

is_shallow_or_empty() {
  ! git -C "$1" rev-parse --verify --quiet HEAD >/dev/null || [ "$(git -C "$1" rev-parse --is-shallow-repository)" = true ]
}

# Uses `depth` of its caller.
fetch() {
  git -C "$1" fetch --quiet --no-tags --no-write-fetch-head "${depth[@]}" origin "$2"
}

switch() {
  git -C "$1" -c advice.detachedHead=false checkout --quiet "${@:2}"
}

without_login() {
  if [[ $1 =~ ^(https?://)[^/@]*@(.*)$ ]]; then echo "${BASH_REMATCH[1]}${BASH_REMATCH[2]}"; else echo "$1"; fi
}

# lend_login URL PLAIN: git gets the login of an address from its environment, so that no file of a checkout holds it.
lend_login() {
  [ "$1" != "$2" ] || return 0
  local n=${GIT_CONFIG_COUNT:-0} host=${2#*://}
  host=${host%%/*}
  export GIT_CONFIG_COUNT=$((n + 1))
  export "GIT_CONFIG_KEY_$n=url.${1%%"$host"/*}$host/.insteadOf" "GIT_CONFIG_VALUE_$n=${2%%://*}://$host/"
}
