import type { Files } from "./git-remotes";

/** A service like ComfyUI: a web page that says which code and which package it runs. */
export function codeOf(version: string, before = ""): string {
  return `import http.server, os, sys, time
import importlib.metadata as metadata
VERSION = "${version} with widget " + metadata.version("widget")
print("starting", VERSION, flush=True)
${before}
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(VERSION.encode())
    def log_message(self, *args):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["COMFY_PORT"])), Page).serve_forever()
`;
}

/** Its first commit. */
export const FIRST: Files = { "main.py": codeOf("one"), "requirements.txt": "widget==1.0\n" };
