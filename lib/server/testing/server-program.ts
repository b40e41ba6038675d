import { spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { bundleProgram } from "./child-program";
import { testFolder } from "./test-folder";
import { waitFor } from "./wait-for";

/** Runs a server of this folder for one test, as a process of its own. It says its port first. */
export async function runServer(name: string) {
  const file = join(testFolder("server"), "server.cjs");
  await bundleProgram(name, file);
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const port = Number(await waitFor(() => /^\d+\n/.exec(said)?.[0]));
  return { child, port, said: () => said };
}
