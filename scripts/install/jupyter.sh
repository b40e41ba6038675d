#!/usr/bin/env bash
# JupyterLab, in the environment "tools".
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname -- "${BASH_SOURCE[0]}")/python.sh"

begin "Jupyter Lab" INSTALL_JUPYTER
need JUPYTERLAB_VERSION IPYWIDGETS_VERSION
environment tools
step "installing jupyterlab $JUPYTERLAB_VERSION"
pip_install "jupyterlab==$JUPYTERLAB_VERSION" "ipywidgets==$IPYWIDGETS_VERSION"
