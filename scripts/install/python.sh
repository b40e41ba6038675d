#!/usr/bin/env bash
# Virtual environments, where the launch scripts and ControlPilot's updates look for them.

VENVS=${PILOT_VENVS_DIR:-$ROOT/opt/venvs}
CONSTRAINTS=${PILOT_CONSTRAINTS_DIR:-$ROOT/opt/pilot/config}
export PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# environment NAME: sets VENV, the virtual environment of that name, with what building packages needs.
environment() {
  VENV=$VENVS/$1
  step "making the environment $1"
  if ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then "$(find_python)" -m venv "$VENV"; fi
  # Packages that are built here, now or by an update, still import pkg_resources.
  pip_install "setuptools<81" wheel
}

# The apps want 3.11 or 3.12; an older machine may have one of these beside its own.
find_python() {
  local python
  for python in python3.11 python3.12 python3; do
    if "$python" -c "import ensurepip, venv" 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  echo "There is no python3 with venv." >&2
  return 1
}

# python_headers: what is compiled for the Python of the environments needs, unless that Python brought it along.
python_headers() {
  local python
  python=$(find_python) || python=python3
  "$python" -c 'import os, sysconfig
os.stat(sysconfig.get_path("include") + "/Python.h")' 2>/dev/null || system_packages "$python-dev"
}

# pip_install ARGUMENT...: keeps to the environment's constraints where there are some.
pip_install() {
  local constraints=()
  [ ! -f "$(constraints_file)" ] || constraints=(-c "$(constraints_file)")
  pip install --quiet "${constraints[@]}" "$@"
}

pip() {
  "$VENV/bin/python" -m pip "$@"
}

# install_torch: before all that is built for it, from TORCH_INDEX_URL where that is set. One that is there stays:
# others may work with it.
install_torch() {
  local name version wanted=()
  for name in torch torchvision torchaudio; do
    version=${name^^}_VERSION
    [ -z "${!version:-}" ] || wanted+=("$name==${!version}")
  done
  if [ ${#wanted[@]} -gt 0 ] && [ -z "$(installed torch)" ]; then
    step "installing ${wanted[*]}"
    pip install --quiet ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} "${wanted[@]}"
  fi
  keep_torch
}

# install_requirements FOLDER [PACKAGE...]: what its requirements.txt wants, and these. A requirement may name a part of
# the checkout, relative to its folder.
install_requirements() {
  step "installing the packages of ${1##*/}"
  cd "$1" || return
  pip_install -r requirements.txt "${@:2}"
  keep_torch
}

# keep_torch: notes torch, and what is built for it, as constraints that updates keep to. A file of these that came
# with the base stays as it is.
keep_torch() {
  local file mark="# Made when the image was built: updates keep torch, and what is built for it, as it is."
  file=$(constraints_file)
  if [ -f "$file" ] && [ "$(head -n 1 "$file")" != "$mark" ]; then return; fi
  installed 'torch|torchvision|torchaudio|xformers|triton|flash[-_]attn|(nvidia|pytorch[-_]triton)[-_].*' >"$WORK/pins"
  [ -s "$WORK/pins" ] || return 0
  { echo "$mark" && cat "$WORK/pins"; } >"$WORK/constraints"
  if cmp --silent "$WORK/constraints" "$file"; then return; fi
  mkdir -p "$CONSTRAINTS"
  cp "$WORK/constraints" "$file"
}

# installed PATTERN: what of these names the environment holds, as "name==version".
installed() {
  "$VENV/bin/python" -I -c '
import importlib.metadata, re, sys
found = {(d.metadata["Name"], d.version) for d in importlib.metadata.distributions()}
print(*(f"{name}=={version}\n" for name, version in sorted(found) if re.fullmatch(sys.argv[1], name)), sep="", end="")
' "$1"
}

constraints_file() {
  echo "$CONSTRAINTS/${VENV##*/}-constraints.txt"
}
