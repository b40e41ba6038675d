import { mkdtemp, rm, unlink, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { AppError } from "./errors";
import {
  answerOf,
  flood,
  httpOf,
  impostor,
  lookOf,
  ODD_NAMES,
  processOf,
} from "./testing/impostor";
import { listen } from "./testing/listen";
import { createLiveApp } from "./testing/live-app";
import { startSupervisord } from "./testing/real-supervisord";
import { waitFor } from "./testing/wait-for";

type LiveApp = ReturnType<typeof createLiveApp>;

/** What is answered to who asks, and told to who listens. */
async function says(app: LiveApp, heard: () => unknown, reason: string): Promise<void> {
  await waitFor(() =>
    app.services.list().then(
      () => false,
      (error: unknown) =>
        error instanceof AppError && error.code === "unavailable" && error.message.includes(reason),
    ),
  );
  await waitFor(() => JSON.stringify(heard())?.includes(reason));
}

function floodWithText(socket: Socket): void {
  socket.write("HTTP/1.1 200 OK\r\n\r\n<methodResponse><params><param><value>");
  flood(socket, "x".repeat(64 * 1024));
}

test("frozen, killed, swapped for nonsense and back: each is said, and all recovers by itself", async () => {
  const real = await startSupervisord("[program:a]\ncommand=/bin/sleep 1000\nstartsecs=0\n");
  onTestFinished(real.stop);
  const app = createLiveApp(real);
  onTestFinished(app.close);
  const reader = listen(app.events.frames);
  onTestFinished(reader.leave);
  const heard = () => reader.latest("supervisor");
  const isWell = () => waitFor(() => JSON.stringify(heard())?.includes('"state":"RUNNING"'));
  await isWell();

  real.signal("SIGSTOP");
  await says(app, heard, "may be frozen");
  real.signal("SIGCONT");
  await isWell();

  await real.kill();
  await says(app, heard, "nothing listens");
  await unlink(real.socketPath);
  await says(app, heard, "there is no socket");

  const nonsense: [(socket: Socket) => void, string][] = [
    [(socket) => socket.end("+PONG\r\n"), "Is it supervisord"],
    [(socket) => socket.end(httpOf("<methodResponse><fault/></methodResponse>")), "underst"],
    [(socket) => socket.write("HTTP/1.1 200 OK\r\n\r\n<method"), "may be frozen"],
    [floodWithText, "supervisord"],
    [(socket) => socket.end(answerOf(lookOf({ name: "a" }))), "3.0.group"],
  ];
  for (const [reply, reason] of nonsense) {
    const swapped = await impostor(reply, real.socketPath);
    await says(app, heard, reason);
    await swapped.close();
  }

  await real.startAgain();
  await isWell();
  expect((await app.services.list()).map(({ name, state }) => [name, state])).toEqual([
    ["a", "RUNNING"],
  ]);
  expect(app.reported).toEqual([]);
});

test("a thousand programs, whatever their names, are services like others", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cp-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const configPath = join(dir, "supervisord.conf");
  await writeFile(configPath, "[supervisord]\nlogfile=none\n");
  const names = [...ODD_NAMES, ...Array.from({ length: 1000 }, (_, index) => `program-${index}`)];
  const answer = answerOf(lookOf(...names.map(processOf)));
  const { socketPath } = await impostor((socket) => void socket.end(answer));
  const app = createLiveApp({ configPath, socketPath });
  onTestFinished(app.close);

  const services = await waitFor(() => app.services.list().catch(() => null));
  expect(services.map(({ name }) => name).sort()).toEqual([...names].sort());
  expect(services.every(({ state }) => state === "RUNNING")).toBe(true);
});
