#!/usr/bin/env bash
# code-server, as its makers built it, with a Node of its own.
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

begin "VS Code Server" INSTALL_CODE_SERVER
need CODE_SERVER_VERSION
name=code-server-$CODE_SERVER_VERSION
home=$ROOT/usr/local/lib/$name
releases=https://github.com/coder/code-server/releases/download

if [ ! -x "$home/bin/code-server" ]; then
  url=${CODE_SERVER_URL:-$releases/v$CODE_SERVER_VERSION/$name-linux-$(dpkg --print-architecture).tar.gz}
  step "getting version $CODE_SERVER_VERSION"
  curl --fail --location --silent --show-error --retry 3 --output "$WORK/code-server.tar.gz" "$url"
  if [ -n "${CODE_SERVER_SHA256:-}" ]; then
    step "comparing it with CODE_SERVER_SHA256"
    echo "$CODE_SERVER_SHA256  $WORK/code-server.tar.gz" | sha256sum --check --quiet
  fi
  step "unpacking it"
  rm -rf "$home.new"
  mkdir -p "$home.new"
  tar --extract --file="$WORK/code-server.tar.gz" --directory="$home.new" --strip-components=1 --no-same-owner
  [ -x "$home.new/bin/code-server" ] || fail "the archive holds no bin/code-server"
  rm -rf "$home"
  mv "$home.new" "$home"
fi
mkdir -p "$ROOT/usr/local/bin"
ln -sfn "../lib/$name/bin/code-server" "$ROOT/usr/local/bin/code-server"
