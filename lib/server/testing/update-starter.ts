import { createApp } from "../app";
import { readEnv } from "../env";

/** Run as a program: a server that starts an update, says which one, and lives on. */
const [name = "", binDir = ""] = process.argv.slice(2);

createApp({ ...readEnv(), binDir })
  .updates.start(name, {})
  .then(
    ({ id }) => process.stdout.write(`${id}\n`),
    (error: Error) => process.stdout.write(`${error.name}: ${error.message}\n`),
  );
process.stdin.resume();
