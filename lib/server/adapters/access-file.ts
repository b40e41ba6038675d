import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod/mini";
import { Scope } from "@/lib/contract/access";
import { AppError } from "../errors";
import { writeDurably } from "./durable-file";
import { explainFault } from "./file-faults";
import { orNull } from "./file-presence";
import { isPasswordHash } from "./password-hash";

const Moment = z.iso.datetime();
const Hash = z.string().check(z.regex(/^[\w-]{43}$/));
const PasswordHash = z.string().check(z.refine(isPasswordHash));

const KeptSession = z.object({
  id: z.string(),
  hash: Hash,
  created_at: Moment,
  last_used_at: Moment,
  address: z.string(),
  browser: z.string(),
});
export type KeptSession = z.infer<typeof KeptSession>;

const KeptToken = z.object({
  id: z.string(),
  hash: Hash,
  name: z.string(),
  scope: Scope,
  created_at: Moment,
  last_used_at: z.nullable(Moment),
});
export type KeptToken = z.infer<typeof KeptToken>;

const AccessRecord = z.object({
  /** The hash of the password that was set on the settings page. */
  password: z.nullable(PasswordHash),
  /** The hash of the password from outside that the sessions were opened with; null for the one above. */
  opened_with: z.nullable(PasswordHash),
  sessions: z.array(KeptSession),
  tokens: z.array(KeptToken),
  /** That anybody may come in is meant. */
  meant: z.boolean(),
});
export type AccessRecord = z.infer<typeof AccessRecord>;

export type AccessFile = ReturnType<typeof createAccessFile>;

/** Who may come in, in a file that only we write, for its owner only. One writer at a time. */
export function createAccessFile(path: string) {
  /** What it holds, as far as we know. */
  let known: string | null = null;

  const readText = () => orNull(readFile(path, "utf8"), path);

  return {
    /** Null where there is no file. Throws `conflict` where it cannot be read or understood. */
    async read(): Promise<AccessRecord | null> {
      const text = await readText();
      const record = text === null ? null : parse(text, path);
      known = text;
      return record;
    },

    /** Throws `conflict`, and leaves the file as it is, where it cannot be written or holds another's text. */
    async write(record: AccessRecord): Promise<void> {
      const now = await readText();
      if (now !== null && now !== known) {
        const why = "was changed by another program, and is not overwritten: restart ControlPilot";
        throw new AppError("conflict", `${path} ${why}.`);
      }
      const text = `${JSON.stringify(record, null, 2)}\n`;
      await mkdir(dirname(path), { recursive: true }).catch((error) => {
        throw explainFault(error, path);
      });
      await writeDurably(path, text);
      known = text;
    },
  };
}

function parse(text: string, path: string): AccessRecord {
  try {
    return AccessRecord.parse(JSON.parse(text));
  } catch (cause) {
    const wayOut = "mend it or move it away, and restart ControlPilot";
    throw new AppError("conflict", `${path} is damaged, and was not changed: ${wayOut}.`, {
      cause,
    });
  }
}
