#!/usr/bin/env bash
# diffusion-pipe and the TensorBoard that shows its trainings, in the environment "diffpipe".
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname -- "${BASH_SOURCE[0]}")/git.sh"
. "$(dirname -- "${BASH_SOURCE[0]}")/python.sh"

begin "Diffusion Pipe" INSTALL_DIFFPIPE
need DIFFPIPE_URL DIFFPIPE_REF TENSORBOARD_VERSION
# DeepSpeed and Triton compile while a training runs, too.
system_packages build-essential libgl1 libglib2.0-0
python_headers
checkout "$DIFFPIPE_URL" "$DIFFPIPE_REF" diffusion-pipe
environment diffpipe
install_torch
install_requirements "$DIR" "tensorboard==$TENSORBOARD_VERSION"
