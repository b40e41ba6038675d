import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { canMount, runWithMounts } from "@/lib/server/testing/child-program";
import { BootMachine } from "./testing/boot";

// A whole boot with a real supervisord, with one core for all of them at times.
vi.setConfig({ testTimeout: 60_000 });

/** Boots into supervisord, says which program runs, and stops. */
const BOOT_AND_STOP = `
bash pilot/bootstrap.sh supervisord --nodaemon --silent -c "$PWD/supervisord.conf" 2>stderr & boot=$!
for turn in $(seq 300); do
  supervisorctl -c supervisord.conf status one 2>/dev/null | grep -o RUNNING && break
  sleep 0.1
done
kill $boot
wait $boot && echo "ended with $?"
`;

let machine: BootMachine;

beforeEach(() => {
  machine = new BootMachine();
  machine.writeConf(
    "[program:one]\ncommand=/bin/bash -c 'echo hello; exec sleep 86392'\nstdout_logfile=/workspace/logs/one.out.log\n",
  );
});

afterEach(() => machine.remove());

const logsLieIn = (cause: string) =>
  `Nothing can be written into ${machine.workspace}/logs (${cause}): the logs of this boot lie in ${machine.dir}/run/logs, and are gone with it.`;
const unwritten = (cause: string) =>
  `${machine.secrets} cannot be written (${cause}). It was not changed, and JUPYTER_TOKEN, CODE_SERVER_PASSWORD, SUPERVISOR_ADMIN_PASSWORD cannot be kept in it: the password of supervisord's own page counts for this boot only.`;

describe.skipIf(!canMount)("where the workspace takes nothing (needs the right to mount)", () => {
  const boot = (...script: string[]) => {
    const env = Object.entries(machine.env({})).filter(([name]) => name !== "PATH");
    const exports = env.map(([name, value]) => `export ${name}='${value}'`);
    return runWithMounts([...exports, ...script].join("\n"), machine.dir);
  };

  test("a full disk: services run, and their logs lie elsewhere", async () => {
    const output = await boot(
      "mkdir workspace",
      "mount -t tmpfs -o size=64k none workspace",
      "mkdir -p workspace/config workspace/logs",
      "cat /dev/zero >workspace/big 2>/dev/null || true",
      BOOT_AND_STOP,
      "ls -A workspace/config workspace/logs; cat run/logs/one.out.log",
    );
    expect(output).toContain("RUNNING\nended with 0\n");
    expect(output).not.toMatch(/secrets|pilot-write/);
    expect(output).toMatch(/hello\n$/);
    const full = "No space left on device";
    expect(machine.problems()).toEqual([unwritten(full), logsLieIn(full)]);
  });

  test("a disk that is full when something is to be added: no byte of the old is lost", async () => {
    const output = await boot(
      "mkdir workspace",
      "mount -t tmpfs -o size=64k none workspace",
      "mkdir -p workspace/config workspace/logs",
      "printf 'export HF_TOKEN=mine\\n' >workspace/config/secrets.env",
      "cat /dev/zero >workspace/big 2>/dev/null || true",
      "bash pilot/bootstrap.sh 2>/dev/null",
      "ls workspace/config; cat workspace/config/secrets.env",
    );
    expect(output).toMatch(/secrets\.env\n(services\n)?(xdg\n)?export HF_TOKEN=mine\n$/);
    expect(output).not.toContain("secrets.env.new");
    expect(machine.problems()[0]).toBe(unwritten("No space left on device"));
  });

  test("a read-only workspace: services run, and their logs lie elsewhere", async () => {
    machine.boot();
    const secrets = machine.read("workspace/config/secrets.env");
    machine.writeConf(
      "[program:one]\ncommand=/bin/sleep 86392\nstdout_logfile=/workspace/logs/one.out.log\n",
    );
    const output = await boot(
      "mount --bind workspace workspace",
      "mount -o remount,ro,bind workspace",
      BOOT_AND_STOP,
    );
    expect(output).toBe("RUNNING\nended with 0\n");
    expect(machine.read("workspace/config/secrets.env")).toBe(secrets);
    expect(machine.problems()).toEqual([logsLieIn("Read-only file system")]);
  });

  test("a secrets.env that is a mount of its own is added to in place", async () => {
    writeFileSync(join(machine.dir, "host.env"), "export HF_TOKEN=mine\n");
    const output = await boot(
      "mkdir -p workspace/config; touch workspace/config/secrets.env",
      "mount --bind host.env workspace/config/secrets.env",
      "bash pilot/bootstrap.sh; ls workspace/config",
    );
    expect(output).not.toContain("secrets.env.new");
    expect(machine.read("host.env")).toMatch(
      /^export HF_TOKEN=mine\n(.*\n)*export SUPERVISOR_ADMIN_PASSWORD='\w{48}'\n$/,
    );
    expect(machine.problems()).toEqual([]);
  });

  test("a secrets.env that is a mount of its own, of a full disk, keeps every byte", async () => {
    const output = await boot(
      "mkdir -p host workspace/config; touch workspace/config/secrets.env",
      "mount -t tmpfs -o size=16k none host",
      // Its last page has room for half a line of what comes.
      "{ echo 'export HF_TOKEN=mine'; printf '#%4030s\\n' ''; } >host/host.env",
      "cp host/host.env before",
      "cat /dev/zero >host/big 2>/dev/null || true",
      "mount --bind host/host.env workspace/config/secrets.env",
      "bash pilot/bootstrap.sh 2>/dev/null",
      "cmp before host/host.env && ls -A host workspace/config",
    );
    expect(output).not.toContain("secrets.env.new");
    expect(output).toContain("host:\nbig\nhost.env\n");
    expect(machine.problems()).toEqual([unwritten("No space left on device")]);
  });

  test.each([
    ["beside it", ""],
    ["below a mount", "mount --bind full/supervisord.conf supervisord.conf"],
  ])("a full disk leaves supervisord's config as it was, %s", async (_, mount) => {
    const name = mount === "" ? "full/supervisord.conf" : "supervisord.conf";
    const output = await boot(
      "mkdir full; mount -t tmpfs -o size=64k none full",
      // It ends with its page, so that nothing longer fits.
      "{ cat supervisord.conf; head -c 5000 /dev/zero | tr '\\0' '#'; } | head -c 4096 >full/supervisord.conf",
      "cp full/supervisord.conf before",
      "cat /dev/zero >full/big 2>/dev/null || true",
      mount,
      `export SUPERVISOR_CONFIG_PATH="$PWD/${name}"`,
      "bash pilot/bootstrap.sh 2>/dev/null",
      "cmp before full/supervisord.conf && ls -A full",
    );
    expect(output).toBe("big\nsupervisord.conf\n");
    expect(machine.problems()).toEqual([
      `${machine.dir}/${name} cannot be changed (No space left on device): it goes on naming /workspace/logs for the logs, without which supervisord does not start.`,
    ]);
  });

  test("a config that is a mount of its own is changed in place", async () => {
    await boot("mount --bind supervisord.conf supervisord.conf", "bash pilot/bootstrap.sh");
    expect(machine.read("supervisord.conf")).toContain(`logfile=${machine.workspace}/logs/`);
    expect(machine.problems()).toEqual([]);
  });

  test("a config that cannot be changed is a problem", async () => {
    await boot(
      "mount --bind supervisord.conf supervisord.conf",
      "mount -o remount,ro,bind supervisord.conf",
      "bash pilot/bootstrap.sh 2>/dev/null",
    );
    expect(machine.problems()).toEqual([
      `${machine.conf} cannot be changed (Read-only file system): it goes on naming /workspace/logs for the logs, without which supervisord does not start.`,
    ]);
  });
});

describe.runIf(process.getuid?.() === 0)("a boot by somebody who is not root", () => {
  test("says so where supervisord is to run as root", () => {
    const conf = machine.read("supervisord.conf").replace("[supervisord]", "$&\nuser=root");
    machine.write("supervisord.conf", conf);
    chmodSync(machine.dir, 0o777);
    const { stderr } = spawnSync("bash", ["pilot/bootstrap.sh"], {
      uid: 65_534,
      gid: 65_534,
      cwd: machine.dir,
      env: machine.env({}),
      encoding: "utf8",
    });
    expect(machine.problems().join()).toContain("has supervisord run as root, which user 65534");
    expect(stderr).toContain("supervisord does not start unless this runs as root");
  });
});

describe.runIf(process.getuid?.() === 0)("a volume on which root is nobody", () => {
  test("services run, the sentences say what may not be done, and nothing is changed", () => {
    machine.write("workspace/config/secrets.env", "export HF_TOKEN=geheim\n");
    machine.write("workspace/logs/one.out.log", "of a boot before\n");
    chmodSync(machine.secrets, 0o600);
    chmodSync(machine.dir, 0o777);
    const { stdout, stderr } = spawnSync("sh", ["-euc", BOOT_AND_STOP], {
      uid: 65_534,
      gid: 65_534,
      cwd: machine.dir,
      env: machine.env({}),
      encoding: "utf8",
    });
    expect(stdout).toBe("RUNNING\nended with 0\n");
    expect(stderr + machine.read("stderr")).not.toContain("geheim");
    expect(machine.problems()).toEqual([
      `The folders of the workspace ${machine.workspace} cannot be made (Permission denied): services that need them will not work.`,
      `${machine.secrets} cannot be read. It was not changed, and JUPYTER_TOKEN, CODE_SERVER_PASSWORD, SUPERVISOR_ADMIN_PASSWORD cannot be kept in it: the password of supervisord's own page counts for this boot only.`,
      logsLieIn("Permission denied"),
    ]);
    expect(machine.read("workspace/config/secrets.env")).toBe("export HF_TOKEN=geheim\n");
  });
});
