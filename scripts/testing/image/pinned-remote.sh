#!/usr/bin/env bash
# pinned-remote.sh DIR: makes a git remote for check-pinned.mjs there: a small ComfyUI in three versions, v1 to v3.
set -euo pipefail

git init --quiet --initial-branch=master "$1"
cd "$1"
for version in v1 v2 v3; do
  cat >main.py <<PROGRAM
import argparse
import http.server


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"$version\n")


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int)
options, _ = parser.parse_known_args()
print("serving $version", flush=True)
http.server.ThreadingHTTPServer(("", options.port), Page).serve_forever()
PROGRAM
  : >requirements.txt
  git add --all
  git -c user.name=Ada -c user.email=ada@example.org commit --quiet --message "Version $version"
  git tag "$version"
done
