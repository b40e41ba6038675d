#!/usr/bin/env bash
# Kohya's GUI and its training scripts, which are a submodule, in the environment "kohya".
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname -- "${BASH_SOURCE[0]}")/git.sh"
. "$(dirname -- "${BASH_SOURCE[0]}")/python.sh"

begin "Kohya" INSTALL_KOHYA
need KOHYA_URL KOHYA_REF BITSANDBYTES_VERSION
# The GUI imports tkinter even where it opens no window; OpenCV needs the rest.
system_packages libgl1 libglib2.0-0 python3-tk
checkout "$KOHYA_URL" "$KOHYA_REF" kohya_ss
environment kohya
install_torch
# The default optimizer is one of bitsandbytes; the GUI takes any newer Gradio, and works with none from 6 on.
install_requirements "$DIR" "bitsandbytes==$BITSANDBYTES_VERSION" tensorboard "gradio<6"
