import { spawn } from "node:child_process";
import { lockFolders } from "../adapters/folder-lock";

/** Run as a program: locks the folders, says so, and lives on, with or without a child that shares the locks. */
const [child = "", ...folders] = process.argv.slice(2);

async function main(): Promise<string> {
  const locks = await lockFolders(folders);
  if (locks === null) return "held by another";
  if (child !== "child") return "locked";
  const stdio = ["ignore", "ignore", "ignore", ...locks.fds()] as const;
  return `locked ${spawn("sleep", ["60"], { stdio: [...stdio], detached: true }).pid}`;
}

main().then(
  (answer) => process.stdout.write(`${answer}\n`),
  (error: Error) => process.stdout.write(`${error.name}: ${error.message}\n`),
);
process.stdin.resume();
