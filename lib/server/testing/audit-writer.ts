import { createAuditLog } from "../adapters/audit-log";

/**
 * Run as a program: appends numbered lines to an audit log that is set aside at `maxBytes`, and says
 * after each that it is done.
 */
const [path = "", name = "", first = "0", count = "0", maxBytes = "0"] = process.argv.slice(2);

const log = createAuditLog(path, { maxBytes: Number(maxBytes), older: 1000 });

async function main(): Promise<void> {
  for (let number = Number(first); number < Number(first) + Number(count); number++) {
    await log.append(`${JSON.stringify({ name, number, text: "ä".repeat(number % 300) })}\n`);
    process.stdout.write(`${number}\n`);
  }
  await log.sync();
}

main().catch((error: Error) => process.stdout.write(`${error.name}: ${error.message}\n`));
