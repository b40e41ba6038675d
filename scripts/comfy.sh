#!/usr/bin/env bash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

wait_for_update comfy
load_secrets
open_app comfy
use_venv core
cd "$(dirname -- "$APP")"

own="$WORKSPACE_ROOT/apps/comfy"
outputs="$WORKSPACE_ROOT/outputs/comfy"
make_folders "$outputs" "$own/custom_nodes" "$own/input" "$own/user"

# yaml_text TEXT: the text as YAML takes it literally.
yaml_text() {
  echo "'${1//\'/\'\'}'"
}

# In each list the last counts as the first: a new model lands there.
describe_models() {
  [ ! -L models ] || return 0
  cat <<YAML
workspace:
  base_path: $(yaml_text "$WORKSPACE_ROOT/models")
  is_default: true
  audio_encoders: audio_encoders
  checkpoints: checkpoints
  clip: "clip\ntext_encoders"
  clip_vision: clip_vision
  configs: configs
  controlnet: controlnet
  diffusers: diffusers
  diffusion_models: "unet\ndiffusion_models"
  embeddings: embeddings
  gligen: gligen
  hypernetworks: hypernetworks
  latent_upscale_models: latent_upscale_models
  loras: loras
  model_patches: model_patches
  photomaker: photomaker
  style_models: style_models
  text_encoders: "clip\ntext_encoders"
  upscale_models: upscale_models
  vae: vae
  vae_approx: vae_approx
YAML
}

# ComfyUI does not start where a folder of nodes is named that does not exist.
describe_nodes() {
  [ ! -L custom_nodes ] && [ -d "$own/custom_nodes" ] || return 0
  cat <<YAML
nodes:
  base_path: $(yaml_text "$own")
  is_default: true
  custom_nodes: custom_nodes
YAML
}

args=(--listen "$HOST" --port "$PORT" --output-directory "$outputs" --input-directory "$own/input")
# The checkout stays as git has it, so that it can be updated; an image may have links of its own in it.
[ -L user ] || args+=(--user-directory "$own/user")
places="$PILOT_RUN_DIR/comfy-places.yaml"
make_folders "$PILOT_RUN_DIR"
if { { describe_models && describe_nodes; } >"$places"; } 2>/dev/null; then
  [ ! -s "$places" ] || args+=(--extra-model-paths-config "$places")
else
  echo "$TITLE does not find the models in $WORKSPACE_ROOT/models: $places cannot be written." >&2
fi
# ComfyUI ends with an error on a machine without a GPU unless it is told so.
compgen -G "/dev/nvidia[0-9]*" >/dev/null || [ -e /dev/kfd ] || [ -e /dev/dxg ] || args+=(--cpu)
exec "$PYTHON" main.py "${args[@]}"
