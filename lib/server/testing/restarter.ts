/** A web server without the web: restarts the service named in its arguments, at once or when signalled. */
import { writeFileSync } from "node:fs";
import { createApp } from "../app";
import { readEnv } from "../env";

const [name = "", when = "at once"] = process.argv.slice(2);
const { actions } = createApp(readEnv());
const restart = () => actions.act(name, "restart");

if (process.env.ENDS_WITH) process.on("SIGTERM", () => process.exit(Number(process.env.ENDS_WITH)));
if (when === "at once") await restart();
else {
  process.on("SIGUSR2", restart);
  setInterval(() => {}, 1000);
  writeFileSync(`${name}.ready`, String(process.pid));
}
