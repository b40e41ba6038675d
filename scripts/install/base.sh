#!/usr/bin/env bash
# What the base lacks of the system that ControlPilot runs on.
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname -- "${BASH_SOURCE[0]}")/python.sh"

APP="The system"
packages=(bash ca-certificates curl git supervisor tini)
find_python >/dev/null 2>&1 || packages+=(python3 python3-venv)
system_packages "${packages[@]}"
mkdir -p "$ROOT/workspace" "$ROOT/etc"
# A base may give its checkouts to another user than root. Git before 2.38, as in Ubuntu 22.04, is told so here alone.
step "allowing git to work in checkouts of other users"
git config --file "$ROOT/etc/gitconfig" --get-all safe.directory '^\*$' >/dev/null ||
  git config --file "$ROOT/etc/gitconfig" --add safe.directory '*'
