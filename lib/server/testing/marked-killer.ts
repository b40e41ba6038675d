import { killMarked } from "../adapters/process";

/** Run as a program: ends the processes that have NAME=value in their environment, and says how many. */
const [name = "", value = ""] = process.argv.slice(2);

killMarked(name, value).then(
  (count) => process.stdout.write(`${count} `),
  (error: Error) => process.stdout.write(`${error.name}: ${error.message}`),
);
