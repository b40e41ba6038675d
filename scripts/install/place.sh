#!/usr/bin/env bash
# place.sh STAGED: puts the scripts/ and supervisor/ of that folder to where the image runs them from. In an image of the
# original LoRA Pilot only the portal is replaced: its launchers, its config and its programs stay.
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

APP="ControlPilot"
SCRIPTS=$1/scripts
PILOT=$ROOT/opt/pilot
CONFIG=$ROOT/etc/supervisor/supervisord.conf
# What an overlay has replaced, as it was; it is also what tells an overlay from an image of our own.
ORIGINAL=$PILOT/original

# The launchers that an update at boot holds back, and their services.
HELD=(comfy.sh:comfy start-kohya.sh:kohya diffusion-pipe.sh:diffpipe invoke.sh:invoke ai-toolkit.sh:ai-toolkit)
# Those that stay as they are.
KEPT=(start-jupyter.sh start-code-server.sh copilot-sidecar.sh)
# What an image of the original needs of ours.
OURS=(portal.sh bootstrap.sh lib.sh healthcheck.sh)

main() {
  local scripts
  step "placing its files"
  mkdir -p "$PILOT/supervisor" "$ROOT/etc/supervisor/conf.d"
  if is_original; then
    keep_original
    place_scripts "${OURS[@]}"
    hold_launchers
    mend_config
  else
    scripts=("$SCRIPTS"/*.sh)
    place_scripts "${scripts[@]##*/}"
    cp "$1/supervisor/supervisord.conf" "$CONFIG"
  fi
  cp "$CONFIG" "$PILOT/supervisor/supervisord.conf"
}

is_original() {
  [ ! -d "$ORIGINAL" ] || return 0
  [ -f "$PILOT/portal.sh" ] && [ ! -e "$PILOT/apps.json" ] && grep -qs '^\[program:controlpilot\]' "$CONFIG"
}

keep_original() {
  local name
  [ ! -d "$ORIGINAL" ] || return 0
  mkdir "$WORK/original"
  for name in "${OURS[@]}" "${KEPT[@]}" "${HELD[@]%:*}"; do
    [ ! -f "$PILOT/$name" ] || cp -p "$PILOT/$name" "$WORK/original/"
  done
  cp -p "$CONFIG" "$WORK/original/"
  mv "$WORK/original" "$ORIGINAL"
}

# place_scripts NAME...: these, and what they call.
place_scripts() {
  local name
  for name; do install -m 0755 "$SCRIPTS/$name" "$PILOT/$name"; done
  for name in boot setup stand-in; do
    rm -rf "${PILOT:?}/$name"
    mkdir "$PILOT/$name"
  done
  cp "$SCRIPTS"/boot/*.sh "$PILOT/boot/"
  cp "$SCRIPTS/setup/apps.mjs" "$PILOT/setup/"
  cp "$SCRIPTS"/stand-in/*.mjs "$PILOT/stand-in/"
  cp "$SCRIPTS"/{apps.json,find-app.mjs,stand-in.mjs} "$PILOT/"
}

# A launcher that the config sources does not end in an exec of its own: nothing can stand in front of it.
hold_launchers() {
  local pair name
  for pair in "${HELD[@]}"; do
    name=${pair%:*}
    [ -f "$ORIGINAL/$name" ] || continue
    if grep -Eq "^command.*(\.|source) +/opt/pilot/$name" "$CONFIG"; then continue; fi
    printf '%s\n' '#!/usr/bin/env bash' \
      "# The original's $name, once an update that this boot re-applies is over." \
      '. /opt/pilot/lib.sh' "wait_for_update ${pair#*:}" "exec /opt/pilot/original/$name \"\$@\"" >"$WORK/$name"
    install -m 0755 "$WORK/$name" "$PILOT/$name"
  done
}

mend_config() {
  local node=$PILOT/node/bin/node
  [ -x "$node" ] || node=node
  "$node" "$(dirname -- "${BASH_SOURCE[0]}")/mend-config.mjs" "$CONFIG" >"$WORK/supervisord.conf"
  cp "$WORK/supervisord.conf" "$CONFIG"
}

main "$1"
