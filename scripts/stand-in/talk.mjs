import { setTimeout as wait } from "node:timers/promises";
import { VOICES } from "./voices.mjs";

/** What has no voice of its own speaks like uvicorn. @param {import("./page.mjs").App} app */
export function startTalking(app) {
  const voice = VOICES[app.name] ?? VOICES.copilot;
  if (!voice) throw new Error("There is no voice to speak with.");
  const say = (/** @type {import("./voices.mjs").Entry} */ entry) => {
    const stream = entry.level === "INFO" ? process.stdout : process.stderr;
    stream.write(`${voice.line(entry)}\n`);
  };
  return {
    begin() {
      say({ level: "WARNING", text: `stand-in for ${app.display}: the lines below are made up` });
      for (const text of voice.opening(app)) say({ level: "INFO", text });
      void talk(voice, say);
    },
    /** @param {string} method @param {string} url @param {number} status */
    request(method, url, status) {
      const line = voice.access(method, url, status);
      if (line) process.stdout.write(`${line}\n`);
    },
  };
}

/** @param {import("./voices.mjs").Voice} voice @param {(entry: import("./voices.mjs").Entry) => void} say */
async function talk(voice, say) {
  for (let turn = 1; ; turn++) {
    await wait(3000 + Math.random() * 4000);
    if (voice.work !== null && turn % 12 === 4) await showProgress(voice.work);
    else if (turn % 60 === 25) complain(voice, say);
    else if (turn % 17 === 9) say({ level: "WARNING", text: "the stand-in is still all there is" });
    else say({ level: "INFO", text: voice.chatter[turn % voice.chatter.length] ?? "" });
  }
}

/** A bar as tqdm draws it into a pipe: one long line, redrawn after each \r. @param {string} label */
async function showProgress(label) {
  const total = 20;
  for (let done = 0; done <= total; done++) {
    const percent = Math.round((done / total) * 100);
    const bar = "█".repeat(done / 2) + (done % 2 ? "▌" : "");
    const left = ((total - done) * 0.25).toFixed(0).padStart(2, "0");
    const spent = (done * 0.25).toFixed(0).padStart(2, "0");
    const text = `${String(percent).padStart(3)}%|${bar.padEnd(10)}| ${done}/${total} [00:${spent}<00:${left},  4.00it/s]`;
    process.stderr.write(`\r${label ? `${label}: ` : ""}${text}`);
    await wait(250);
  }
  process.stderr.write("\n");
}

/** @param {import("./voices.mjs").Voice} voice @param {(entry: import("./voices.mjs").Entry) => void} say */
function complain({ trouble }, say) {
  const lines = [
    "made up by the stand-in:",
    "Traceback (most recent call last):",
    `  File "${trouble.file}", line 418, in run`,
    `    ${trouble.call}`,
    trouble.error,
  ];
  say({ level: "ERROR", text: lines.join("\n") });
}
