import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuditEntry } from "@/lib/contract/updates";
import { bundleProgram, canMount, runWithMounts } from "../testing/child-program";

const ID = "20261123T101500-abc123";
const KILLS = 30;

let folder: string;
let program: string;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "update-files-")));
  program = join(folder, "writer.cjs");
  await bundleProgram("record-writer", program);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Kills a program that writes, somewhere after its `rounds`th round; answers the last round it has done. */
async function writeAndKill(dir: string, first: number, rounds: number): Promise<number> {
  const child = spawn(process.execPath, [program, "loop", dir, `${first}`], {
    // The lock of one that was killed would be waited for.
    env: { ...process.env, TMPDIR: mkdtempSync(join(folder, "tmp-")) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let last = first - 1;
  const lines = createInterface(child.stdout).on("line", (line) => {
    last = Number(line);
    if (last >= first + rounds) setTimeout(() => child.kill("SIGKILL"), Math.random() * 8);
  });
  await Promise.all([once(child, "exit"), once(lines, "close")]);
  return last;
}

test("what is killed while it writes leaves whole records and whole lines", async () => {
  const dir = join(folder, "killed");
  mkdirSync(dir);
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const last = await writeAndKill(dir, next, kill % 4);
    const job = JSON.parse(readFileSync(join(dir, "jobs", "comfy", ID, "job.json"), "utf8"));
    expect(job).toMatchObject({ id: ID, name: "comfy" });
    expect([last, last + 1]).toContain(job.round);
    expect(job.text).toHaveLength((job.round * 997) % 20_000);
    next = last + 1;
  }
  const lines = readFileSync(join(dir, "audit.jsonl"), "utf8").trimEnd().split("\n");
  const ids = lines.map((line) => AuditEntry.parse(JSON.parse(line)).job_id);
  const done = Array.from({ length: next }, (_, round) => `job-${round}`);
  expect(ids.filter((id) => id !== `job-${next}`)).toEqual(done);
}, 60_000);

describe.skipIf(!canMount)("where the disk is in the way (needs the right to mount)", () => {
  async function run(...script: string[]) {
    const work = mkdtempSync(join(folder, "mounts-"));
    mkdirSync(join(work, "state"));
    const before = [
      "mount -t tmpfs -o size=1m none state",
      `mkdir -p state/jobs/comfy/${ID}`,
      `echo old > state/jobs/comfy/${ID}/job.json`,
      "echo '{}' > state/audit.jsonl; echo '# mine' > state/updates.toml; echo old > state/output.log",
    ];
    const after = [
      `tail -n +1 state/jobs/comfy/${ID}/job.json state/audit.jsonl state/updates.toml`,
    ];
    const write = `${process.execPath} ${program} once "$PWD/state"`;
    const list =
      "tail -n 2 state/output.log; echo; find state -type f -not -name 'big*' | sort; head -c 4 state/output.log";
    const output = await runWithMounts(
      [...before, ...script, write, ...after, list].join("\n"),
      work,
    );
    return { output, state: join(work, "state") };
  }

  const UNTOUCHED = `==> state/jobs/comfy/${ID}/job.json <==
old

==> state/audit.jsonl <==
{}

==> state/updates.toml <==
# mine
old

state/audit.jsonl
state/jobs/comfy/${ID}/job.json
state/output.log
state/updates.toml
old
`;

  test("a full disk leaves every file as it was, and every sentence says so", async () => {
    // The last page of these files has room for some of what comes, so that their write falls short.
    const { output, state } = await run(
      "printf '{}\\n%4087s' | tr ' ' '\\n' > state/audit.jsonl",
      "printf 'old\\n%4082s' > state/output.log",
      "head -c 2000000 /dev/zero > state/big 2>/dev/null || true",
      "for i in $(seq 400); do : > state/big$i 2>/dev/null || break; done",
    );
    const full = (path: string) =>
      `AppError: The disk that holds ${state}/${path} is full: free some space and try again.`;
    expect(output).toContain(`write: ${full(`jobs/comfy/${ID}/job.json`)}`);
    expect(output).toContain(`audit: ${full("audit.jsonl")}`);
    expect(output).toContain(`config: ${full("updates.toml")}`);
    expect(output).toContain(`output: The disk that holds ${state}/output.log is full`);
    expect(output).toContain(
      "[Some output is missing here: it could not be written.]\nthere is room again\n",
    );
    expect(output).toMatch(/create: (done|AppError: The disk)/);
    expect(output).toContain(`==> state/audit.jsonl <==\n{}${"\n".repeat(4089)}==> state/updates`);
  });

  test("a read-only disk leaves every file as it was, and every sentence says so", async () => {
    const { output, state } = await run("mount -o remount,ro state");
    const readOnly = (path: string) => `AppError: ${state}/${path} is read-only here.`;
    const created = "jobs/comfy/20261124T101500-abc123/job.json";
    expect(output).toBe(
      `${[
        `create: ${readOnly(created)} The file is as it was.`,
        `write: ${readOnly(`jobs/comfy/${ID}/job.json`)} The file is as it was.`,
        `cancel: ${readOnly(`jobs/comfy/${ID}/cancel`)} The file is as it was.`,
        `audit: ${readOnly("audit.jsonl")} The file is as it was.`,
        `config: ${readOnly("updates.toml")} The file is as it was.`,
        `output: ${state}/output.log is read-only here.`,
      ].join("\n")}\n${UNTOUCHED}`,
    );
  });
});
