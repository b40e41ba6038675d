#!/usr/bin/env bash
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

open_app comfy

args=(--listen "$HOST" --port "$PORT" --output-directory "$WORKSPACE_ROOT/outputs/comfy")
# ComfyUI ends with an error on a machine without a GPU unless it is told so.
[ -e /dev/nvidia0 ] || [ -e /dev/kfd ] || [ -e /dev/dxg ] || args+=(--cpu)
mkdir -p "$WORKSPACE_ROOT/outputs/comfy"
cd "$(dirname -- "$APP")"
exec "$(venv_python core)" main.py "${args[@]}"
