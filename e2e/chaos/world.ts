import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CreatedToken } from "../../lib/contract/access";
import { makeFolder } from "../../lib/server/testing/git-remotes";
import { codeOf } from "../../lib/server/testing/web-service";
import { kill } from "../../scripts/testing/processes";
import { createEnvironment, createUpdateMachine } from "../update-machine";
import { type Answer, createClient, unlessLost, type Wish } from "./client";
import { ownPids } from "./processes";
import { Setting } from "./setting";
import { until } from "./until";

export const PASSWORD = "correct horse 9";
/** Stand-ins that are started and stopped; `crasher` stands in a config file of its own. */
export const SERVICES = ["jupyter", "code-server", "kohya", "diffpipe", "invoke", "ai-toolkit"];
/** Takes its time, as an app does that saves its work: its restarts are cut off in the middle. */
const ENDS_SLOWLY = `#!/bin/sh
trap 'kill $!; sleep 1; exit 0' TERM
sleep 100000 &
wait
`;
const SWITCHED = [...SERVICES, "crasher"];

/** What somebody comes in with. What was asked for and not answered is "unsure". */
export type Pass = {
  kind: "token" | "session";
  /** Null where there was no answer to the question for it. */
  id: string | null;
  headers: Record<string, string>;
  state: "good" | "unsure" | "gone";
};

export type World = Awaited<ReturnType<typeof createWorld>>;

/** A machine to break, somebody who may do everything there, and all that was answered to them. */
export async function createWorld() {
  const environment = await createEnvironment();
  const temporary = mkdtempSync(join(tmpdir(), "cp-chaos-"));
  const variables = { TMPDIR: temporary, SERVICE_UPDATE_HEALTH_SECONDS: "1" };
  const commands = createSlowOnes(["jupyter", "kohya", "invoke"]);
  const comfy = await createUpdateMachine(environment, { variables, commands });
  const { machine } = comfy;
  const asAnyone = createClient(machine.url);
  const headers = await createOwner(machine.url);
  const head = comfy.git("rev-parse", "HEAD");
  let published = 0;

  /** As who may do everything. Throws where that is refused. */
  async function ask(path: string, wish: Wish = {}): Promise<Answer> {
    const answer = await asAnyone(path, { ...wish, headers });
    if (answer.status !== 401 && answer.status !== 403) return answer;
    throw new Error(`${path} was refused with ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  /** What is answered as soon as it is: what is refused for the moment is asked for again. */
  async function read<T>(path: string): Promise<T> {
    let body: unknown;
    await until(`${path} is answered`, async () => {
      const answer = await unlessLost(ask(path));
      body = answer?.body;
      return answer?.status === 200;
    });
    return body as T;
  }

  return {
    comfy,
    machine,
    /** Where ControlPilot and its programs keep what is temporary. */
    temporary,
    asAnyone,
    headers,
    ask,
    read,

    runs: mapOf(SERVICES, (name) => new Setting<boolean>(`${name} runs`, true)),
    autostart: mapOf(SWITCHED, (name) => ({
      conf: new Setting<boolean>(`autostart of ${name} in the config`, name !== "crasher"),
      choice: new Setting<boolean | undefined>(`the autostart choice of ${name}`, undefined),
    })),
    kohya: {
      follows: new Setting<boolean | undefined>("the policy of kohya", undefined),
      skipped: new Setting<string | undefined>("the skipped version of kohya", undefined),
    },
    meant: new Setting<boolean>("the exposure", false),
    passes: [] as Pass[],
    /** The ids of the jobs that were begun. */
    jobs: new Set<string>(),
    /** Entries of the audit that were shown, by their id. */
    shown: new Map<string, string>(),
    /** What another editor has written into config files. */
    notes: [] as { file: string; line: string }[],
    /** What Comfy UI says it is at each commit. */
    pages: new Map([[head, "one with widget 1.0"]]),

    /** supervisord has begun anew, with what starts with the machine. */
    beginAnew() {
      for (const [name, runs] of this.runs) {
        const conf = this.autostart.get(name)?.conf;
        if (conf) runs.follows(conf);
      }
    },

    /** A new version at the origin; a bad one comes up never. */
    publish({ widget, isBad }: { widget: string; isBad: boolean }) {
      published += 1;
      const version = `number ${published}`;
      const before = isBad ? "raise SystemExit(7)" : "";
      const sha = comfy.remote.commit({
        "main.py": codeOf(version, before),
        "requirements.txt": `widget==${widget}\n`,
      });
      this.pages.set(sha, `${version} with widget ${widget}`);
    },

    async end() {
      ownPids(machine).forEach(kill);
      await comfy.end();
      await environment.end();
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}

function createSlowOnes(names: readonly string[]): Record<string, string> {
  const path = join(makeFolder("slow"), "slow.sh");
  writeFileSync(path, ENDS_SLOWLY, { mode: 0o755 });
  return Object.fromEntries(names.map((name) => [name, path]));
}

/** Sets the password, as who finds the machine open, and answers what a script of theirs sends. */
async function createOwner(url: string) {
  const ask = createClient(url);
  const set = await ask("/api/access/password", { method: "PUT", body: { password: PASSWORD } });
  const made = await ask("/api/access/tokens", {
    method: "POST",
    headers: { cookie: cookieIn(set.headers) },
    body: { name: "the owner", scope: "full" },
  });
  return { authorization: `Bearer ${(made.body as CreatedToken).token}` };
}

/** What a browser sends back. */
export function cookieIn(headers: Headers): string {
  return headers.get("set-cookie")?.split(";", 1)[0] ?? "";
}

function mapOf<T>(names: readonly string[], make: (name: string) => T): Map<string, T> {
  return new Map(names.map((name) => [name, make(name)]));
}
