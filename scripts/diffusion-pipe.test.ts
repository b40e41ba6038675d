import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "@/lib/server/testing/wait-for";
import { Machine } from "./testing/launchers";

const TENSORBOARD = `#!/bin/bash
echo "tensorboard $*"
exec sleep 1000
`;
/** A runner that, as DeepSpeed's own, heeds no signal for the process which trains; that one takes its time to save. */
const DEEPSPEED = `#!/bin/bash
echo "deepspeed $*" "in $PWD" "p2p $NCCL_P2P_DISABLE" "token $HF_TOKEN"
bash -c 'trap "echo told; sleep 0.5; echo saved; exit 1" TERM; while :; do sleep 0.05; done' &
wait
`;

let machine: Machine;
let config = "";

beforeEach(() => {
  machine = new Machine();
  machine.fake("venvs/diffpipe/bin/tensorboard", TENSORBOARD);
  machine.fake("venvs/diffpipe/bin/python");
  machine.fake("venvs/diffpipe/bin/deepspeed", DEEPSPEED);
  machine.write("repos/diffusion-pipe/train.py", "");
  config = machine.write("workspace/my config.toml", "");
});

afterEach(() => machine.remove());

const running = (part: string) => machine.processes().filter((line) => line.includes(part)).length;
const train = (extra: Record<string, string> = {}) =>
  machine.startLauncher("diffpipe", { DIFFPIPE_CONFIG: config, ...extra });
const ends = (code: number) =>
  machine.fake("venvs/diffpipe/bin/deepspeed", `#!/bin/bash\nsleep 1000 &\nexit ${code}\n`);

describe("diffusion-pipe.sh without a config", () => {
  it("is TensorBoard over the logs", () => {
    machine.fake("venvs/diffpipe/bin/tensorboard");
    const logs = `${machine.workspace}/logs/diffusion-pipe`;
    const { run } = machine.launch("diffpipe");
    expect(run).toBe(
      `${machine.path("venvs/diffpipe/bin/tensorboard")} --logdir ${logs} --host 0.0.0.0 --port 4444`,
    );
    const other = { DIFFPIPE_LOGDIR: machine.path("l"), DIFFPIPE_PORT: "14444" };
    expect(machine.launch("diffpipe", other).run).toContain(
      `--logdir ${machine.path("l")} --host 0.0.0.0 --port 14444`,
    );
  });
});

describe("diffusion-pipe.sh with a config", () => {
  it("trains with it in the checkout, with TensorBoard beside", async () => {
    machine.secrets("HF_TOKEN=hf_x\n");
    const settings = { DIFFPIPE_NUM_GPUS: "2", DIFFPIPE_EXTRA_ARGS: "--a  b" };
    const { said } = train(settings);
    await waitFor(() => said().includes("deepspeed ") && said().includes("tensorboard "));
    const command = `--num_gpus=2 train.py --deepspeed --config ${config} --a b`;
    const place = machine.path("repos/diffusion-pipe");
    expect(said()).toContain(`deepspeed ${command} in ${place} p2p 1 token hf_x\n`);
    expect(said()).toContain("--port 4444");
  });

  it("trains without TensorBoard where that is switched off", async () => {
    const { child, said, ended } = train({ DIFFPIPE_TENSORBOARD: "0" });
    await waitFor(() => said().includes("deepspeed "));
    child.kill("SIGTERM");
    await ended;
    expect(said()).not.toContain("tensorboard");
  });

  it.each([
    ["the launcher alone", 1],
    ["its whole group, as supervisord does", -1],
  ])("tells the training once to stop, and waits until it has saved: %s", async (_, sign) => {
    const { child, said, ended } = train();
    await waitFor(() => said().includes("deepspeed ") && said().includes("tensorboard "));
    await waitFor(() => running("trap") === 1);
    process.kill(sign * (child.pid ?? 0), "SIGTERM");
    await ended;
    expect(said().match(/told|saved/g)).toEqual(["told", "saved"]);
    expect(said()).not.toContain("failed");
    await waitFor(() => machine.processes().length === 0);
  });

  it("takes the training with it when it is killed", async () => {
    const { child, said } = train();
    await waitFor(() => said().includes("deepspeed ") && running("trap") === 1);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await waitFor(() => machine.processes().length === 0);
  });

  it("goes on as TensorBoard after a good end, so that nothing trains a second time", async () => {
    ends(0);
    const { child, said, ended } = train();
    await waitFor(() => said().includes("is done"));
    expect(said()).toContain(
      `The training with ${config} is done. TensorBoard goes on; restart this service to train again.`,
    );
    await waitFor(() => /is done.*tensorboard /s.test(said()));
    // TensorBoard itself, and nothing of the training.
    await waitFor(() => machine.processes().join() === "sleep 1000");
    child.kill("SIGTERM");
    expect(await ended).toEqual([null, "SIGTERM"]);
  });

  it("ends as a training that failed, with nothing left", async () => {
    ends(7);
    const { said, ended } = train();
    expect(await ended).toEqual([7, null]);
    expect(said()).toContain(`The training with ${config} failed with exit code 7.`);
    expect(said()).not.toMatch(/Killed|Terminated/);
    await waitFor(() => machine.processes().length === 0);
  });

  it.each([
    [
      "the file is absent",
      "workspace/my config.toml",
      "there is no such file. Correct DIFFPIPE_CONFIG",
    ],
    ["the checkout is absent", "repos/diffusion-pipe/train.py", "diffusion-pipe is not installed"],
    ["DeepSpeed is absent", "venvs/diffpipe/bin/deepspeed", "DeepSpeed is not installed in "],
  ])("says why nothing is trained where %s", (_, path, words) => {
    machine.script(`rm '${machine.path(path)}'`);
    const { code, stderr } = machine.launch("diffpipe", { DIFFPIPE_CONFIG: config });
    expect(code).toBe(1);
    expect(stderr).toContain(`There is no training with ${config}: ${words}`);
  });
});
