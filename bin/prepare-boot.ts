import { readEnv } from "@/lib/server/env";
import { isProgram, print, type Say } from "@/lib/server/programs/command-line";
import { createBootPreparation } from "@/lib/server/programs/prepare-boot";

/**
 * Prepares the boot before supervisord starts, see programs/prepare-boot.ts. Answers the exit code:
 * 0 where whatever went wrong stands in boot-problems, 1 where not even that could be written.
 * Whoever starts it ends it where a disk does not answer: it could not end itself while a read hangs.
 */
export async function main(
  source: NodeJS.ProcessEnv = process.env,
  say: Say = print,
): Promise<0 | 1> {
  try {
    await createBootPreparation(readEnv(source), source, say).run();
    return 0;
  } catch (error) {
    say(`The problems of this boot cannot be written down: ${error}`);
    return 1;
  }
}

if (isProgram("prepare-boot")) {
  process.exit(await main());
}
