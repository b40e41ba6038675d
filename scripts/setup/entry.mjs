const OLDEST_NODE = [20, 19];

/** Ends a script with one line for a person, who is told what to do. */
export class Halt extends Error {}

export function assertNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  console.error(
    `ControlPilot needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.versions.node}. Install a newer one and run this again.`,
  );
  process.exit(1);
}

/** @param {() => Promise<number>} main resolves to the exit code */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Halt)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
