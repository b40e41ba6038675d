#!/usr/bin/env bash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

wait_for_update diffpipe
load_secrets
open_app diffpipe

logdir=${DIFFPIPE_LOGDIR:-$WORKSPACE_ROOT/logs/diffusion-pipe}
tensorboard=("$APP" --logdir "$logdir" --host "$HOST" --port "$PORT")
make_folders "$logdir"
[ -n "${DIFFPIPE_CONFIG:-}" ] || exec "${tensorboard[@]}"

refuse() {
  echo "There is no training with $DIFFPIPE_CONFIG: $1" >&2
  exit 1
}

# Open for as long as this launcher lives, and nowhere else: whoever reads from it learns of its end.
exec {alive}<> <(:)

# start_group COMMAND...: starts it in a group of processes of its own and sets GROUP to the group's id. A signal to
# this launcher's own group does not reach it; where this launcher is killed, the guard ends the group.
start_group() {
  set -m
  "$@" </dev/null {alive}>&- &
  GROUP=$!
  guard "$GROUP" &
  set +m
}

guard() {
  exec <"/proc/self/fd/$alive" {alive}>&-
  read -r _ || kill -KILL -- "-$1" 2>/dev/null
}

# until_ended GROUP: waits for the first of the group, whose exit code it returns, however often a signal interrupts.
until_ended() {
  local code
  while code=0 && { wait "$1" || code=$?; } && kill -0 "$1" 2>/dev/null; do :; done
  return "$code"
}

# stop_training: each process of the training gets the signal once, and all the time it needs: supervisord has the clock.
stop_training() {
  stopped=yes
  kill -TERM -- "-$training" 2>/dev/null || true
}

[ -f "$DIFFPIPE_CONFIG" ] ||
  refuse "there is no such file. Correct DIFFPIPE_CONFIG, or leave it empty for TensorBoard alone."
config=$(realpath -- "$DIFFPIPE_CONFIG")
repo=${PILOT_REPOS_DIR:-/opt/pilot/repos}/diffusion-pipe
[ -f "$repo/train.py" ] || refuse "diffusion-pipe is not installed, there is no $repo/train.py."
use_venv diffpipe core
command -v deepspeed >/dev/null || refuse "DeepSpeed is not installed${VIRTUAL_ENV:+ in $VIRTUAL_ENV}."

cd "$repo"
export NCCL_P2P_DISABLE="${NCCL_P2P_DISABLE:-1}" NCCL_IB_DISABLE="${NCCL_IB_DISABLE:-1}"
read -r -a extra <<<"${DIFFPIPE_EXTRA_ARGS:-}"
training='' beside='' stopped='' code=0
trap stop_training TERM INT
if is_on "${DIFFPIPE_TENSORBOARD:-1}"; then
  start_group "${tensorboard[@]}"
  beside=$GROUP
fi
start_group deepspeed --num_gpus="${DIFFPIPE_NUM_GPUS:-1}" train.py --deepspeed --config "$config" "${extra[@]}"
training=$GROUP
# A signal that came before there was anything to stop.
[ -z "$stopped" ] || stop_training
until_ended "$training" || code=$?
while [ -n "$stopped" ] && kill -0 -- "-$training" 2>/dev/null; do read -r -t 0.2 -u "$alive" || true; done
if [ -n "$beside" ]; then
  kill -TERM -- "-$beside" 2>/dev/null || true
  until_ended "$beside" || true
fi
exec {alive}>&-

[ -z "$stopped" ] || exit "$code"
if [ "$code" != 0 ]; then
  echo "The training with $DIFFPIPE_CONFIG failed with exit code $code." >&2
  exit "$code"
fi
# An end would be a reason for supervisord to start the training anew.
trap - TERM INT
echo "The training with $DIFFPIPE_CONFIG is done. TensorBoard goes on; restart this service to train again."
exec "${tensorboard[@]}"
