#!/usr/bin/env bash
# InvokeAI, in the environment "invoke". It names the one torch it works with.
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname -- "${BASH_SOURCE[0]}")/python.sh"

begin "Invoke AI" INSTALL_INVOKE
need INVOKEAI_VERSION
system_packages libgl1 libglib2.0-0
environment invoke
step "installing invokeai $INVOKEAI_VERSION"
pip_install ${TORCH_INDEX_URL:+--extra-index-url "$TORCH_INDEX_URL"} "invokeai==$INVOKEAI_VERSION"
keep_torch
