#!/usr/bin/env bash
# AI Toolkit, in the environment "ai-toolkit", and its web pages.
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname -- "${BASH_SOURCE[0]}")/git.sh"
. "$(dirname -- "${BASH_SOURCE[0]}")/python.sh"

# build_pages FOLDER: once for each commit. Nothing of it may lie in the checkout but what git ignores.
build_pages() {
  local commit
  cd "$1" || return
  commit=$(git rev-parse HEAD)
  [ "$(cat .next/built-from 2>/dev/null)" != "$commit" ] || return 0
  # The base may have an older Node of its own.
  export PATH="$ROOT/opt/pilot/node/bin:$PATH"
  export npm_config_cache=$WORK/npm npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
  export HOME=$WORK DATABASE_URL=file:$WORK/build.db NEXT_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1
  step "installing the packages of its web pages"
  if ! npm ci --include=dev; then
    # A lock file that does not fit package.json is left as it is: an edit of it would stand in the way of updates.
    npm install --include=dev --no-package-lock
  fi
  if [ -x node_modules/.bin/prisma ] && [ -f prisma/schema.prisma ]; then node_modules/.bin/prisma generate; fi
  step "building its web pages"
  npm run build
  echo "$commit" >.next/built-from
}

begin "AI Toolkit" INSTALL_AI_TOOLKIT
need AI_TOOLKIT_URL AI_TOOLKIT_REF
system_packages build-essential libgl1 libglib2.0-0
python_headers
checkout "$AI_TOOLKIT_URL" "$AI_TOOLKIT_REF" ai-toolkit
environment ai-toolkit
install_torch
install_requirements "$DIR"
build_pages "$DIR/ui"
