#!/usr/bin/env bash
# ComfyUI, in the environment "core".
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname -- "${BASH_SOURCE[0]}")/git.sh"
. "$(dirname -- "${BASH_SOURCE[0]}")/python.sh"

begin "Comfy UI" INSTALL_COMFY
need COMFY_URL COMFY_REF
# For OpenCV, which custom nodes bring along.
system_packages libgl1 libglib2.0-0
checkout "$COMFY_URL" "$COMFY_REF" ComfyUI
environment core
install_torch
install_requirements "$DIR"
