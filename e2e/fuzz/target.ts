import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Access } from "../../lib/contract/access";
import { ServiceAction } from "../../lib/contract/services";
import { Machine } from "../machine";
import { guardFiles } from "./files";
import type { FuzzRequest, Words } from "./requests";
import { readRoutes } from "./routes";
import { watchServer } from "./server";
import type { Rights } from "./verdict";

const PASSWORD = "correct horse 9";
const UPDATES = `# by hand
enabled = true   # keep

[services.comfy]
auto_update = true
target_ref = "master"
`;
const PLAIN_WORDS = [
  ..."true false 0 1 2 100 500 out err both full read ok refused manual pinned follow".split(" "),
  ..."INFO comfy,kohya supervisord master 1.2.3 20261123T101500-abc123".split(" "),
  "2026-02-11T10:00:00Z",
];

export type Target = Awaited<ReturnType<typeof openTarget>>;

/** A machine with a password, and whoever may come in: it is fuzzed, and watched meanwhile. */
export async function openTarget() {
  const machine = new Machine({
    CONTROLPILOT_PASSWORD: PASSWORD,
    PILOT_RUN_DIR: "%(here)s/run",
    PILOT_REPOS_DIR: "%(here)s/repos",
    PILOT_VENVS_DIR: "%(here)s/venvs",
  });
  mkdirSync(join(machine.dir, "config"));
  machine.write("config/secrets.env", "HF_TOKEN=hf_abcdefghijklmnopqrstuvwxyz\n");
  machine.write("config/service-updates.toml", UPDATES);
  await machine.start();

  const ask = async (path: string, token = PASSWORD, body?: unknown) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const asked = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    return fetch(machine.url + path, { headers, ...asked });
  };
  const createToken = async (name: string, scope: "full" | "read"): Promise<string> =>
    (await (await ask("/api/access/tokens", PASSWORD, { name, scope })).json()).token;
  const own = { full: await createToken("full", "full"), read: await createToken("read", "read") };
  const tokens: Record<Rights, string | null> = { ...own, none: null };
  await ask("/api/session", own.full, { password: PASSWORD });
  await createToken("revoke me", "read");

  async function findWords(): Promise<Words> {
    const access = Access.parse(await (await ask("/api/access", own.full)).json());
    const others = access.tokens.filter(({ name }) => !(name in own));
    const id = [...access.sessions, ...others].map((one) => one.id);
    const stream = await ask("/api/services/comfy/log/stream?wait=false", own.full);
    const positions = [...(await stream.text()).matchAll(/^id: (.*)$/gm)].map(([, at]) => at ?? "");
    const tail = await (await ask("/api/services/comfy/log", own.full)).json();
    const name = [...(await machine.states()).keys()];
    return {
      all: [...PLAIN_WORDS, ...name, ...id, ...positions, tail.file],
      parts: { name, id, action: ServiceAction.options },
    };
  }

  return {
    machine,
    tokens,
    routes: await readRoutes(),
    words: await findWords(),
    server: await watchServer(machine),
    files: guardFiles(machine.dir),
    configBefore: machine.read("supervisord.conf"),
    ask: (path: string) => ask(path, own.full),
  };
}

/**
 * What no bug is needed for: ControlPilot would stop, or be another process. Nothing else that a caller
 * may do is in the way: the password is that of the environment and stays, nothing is installed that
 * could be updated, and the ids of the tokens in use are not among the words.
 */
export function wouldEndTheRun({ method, target, body }: FuzzRequest): boolean {
  if (method === "GET" || method === "HEAD") return false;
  const text = target + Buffer.from(body ?? []).toString();
  const plain = text.replaceAll(/%([0-9a-f]{2})/gi, (_, code) =>
    String.fromCharCode(Number(`0x${code}`)),
  );
  return /controlpilot/i.test(plain);
}
