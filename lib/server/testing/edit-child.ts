import { editTextFile } from "../adapters/text-file";

/** Run as a program: replaces `from` by `to` in a file, or adds `to` at its end, `times` times. */
const [path = "", from = "", to = "", times = "1"] = process.argv.slice(2);

function edit(text: string): string {
  return from === "" ? `${text}${to}\n` : text.replaceAll(from, to);
}

async function main(): Promise<void> {
  for (let done = 0; done < Number(times); done++) await editTextFile(path, edit);
}

main().then(
  () => process.stdout.write("done"),
  (error: Error) => process.stdout.write(`${error.name}: ${error.message}`),
);
