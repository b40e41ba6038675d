import { unlink } from "node:fs/promises";
import type { Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import {
  answerOf,
  flood,
  httpOf,
  impostor,
  lookOf,
  ODD_NAMES,
  processOf,
} from "../testing/impostor";
import { startSupervisord } from "../testing/real-supervisord";
import { waitFor } from "../testing/wait-for";
import { createSupervisord } from "./supervisord";

const MB = 1024 * 1024;
const ROUNDS = 2;
const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n\r\n";
const OPENING = "<?xml version='1.0'?><methodResponse><params><param>";

function connect(socketPath: string, timeoutMs = 500) {
  const supervisord = createSupervisord({ findSocket: () => socketPath, timeoutMs });
  onTestFinished(supervisord.close);
  return supervisord;
}

const asked = (socketPath: string) => connect(socketPath).look({ configs: false });
const says = (text: string) => (socket: Socket) => void socket.end(text);
const saysAndStays = (text: string) => (socket: Socket) => void socket.write(text);
const xml = (body: string) => says(httpOf(`<?xml version='1.0'?>${body}`));
const value = (inner: string) =>
  `${OPENING}<value>${inner}</value></param></params></methodResponse>`;

function drip(socket: Socket): void {
  socket.write(HEAD);
  const timer = setInterval(() => socket.write("<"), 10);
  socket.once("close", () => clearInterval(timer));
}

test.each<[string, (socket: Socket) => void, string]>([
  ["something else than HTTP", says("+PONG\r\n\r\n"), "could not be understood"],
  ["its end at once", says(""), "closed the connection"],
  ["half a header", saysAndStays("HTTP/1.1 200 OK\r\ncontent-le"), "may be frozen"],
  [
    "a header without end",
    saysAndStays(`${HEAD.trim()}\r\n${`a: ${"b".repeat(100)}\r\n`.repeat(500)}`),
    "underst",
  ],
  ["half an answer", saysAndStays(`${HEAD}${OPENING}`), "may be frozen"],
  ["an answer that breaks off", says(httpOf(OPENING).slice(0, -9)), "closed the connection"],
  ["an answer that drips", drip, "may be frozen"],
  ["promises without end", (s) => flood(s, "HTTP/1.1 102 Processing\r\n\r\n"), "supervisord"],
  ["HTML", says(httpOf("<html><TITLE>x</TITLE>")), "could not be understood"],
  ["status 500", says("HTTP/1.1 500 No\r\n\r\n<html>"), "HTTP 500"],
  ["status 404", saysAndStays("HTTP/1.1 404 No\r\n\r\n<html>"), "HTTP 404"],
  ["status 401", says("HTTP/1.1 401 No\r\n\r\n<html>"), "user name and password"],
  ["a way elsewhere", says("HTTP/1.1 302 Go\r\nlocation: http://x/\r\n\r\n"), "HTTP 302"],
  ["nothing", says(httpOf("")), "could not be understood"],
  ["a call", xml("<methodCall><methodName>x</methodName></methodCall>"), "not be understood"],
  ["XML without its end", xml("<methodResponse><params><param>"), "could not be understood"],
  ["two answers", xml(value("<int>1</int>").replace("<param>", "<param/><param>")), "supervisord"],
  [
    "a fault that holds nothing",
    xml("<methodResponse><fault></fault></methodResponse>"),
    "underst",
  ],
  ["a fault that is nil", xml("<methodResponse><fault><nil/></fault></methodResponse>"), "underst"],
  [
    "an attribute that hides what an object can do",
    xml(value('<int hasOwnProperty="1" b="2">1</int>')),
    "could not be understood",
  ],
  ["a tag without end", says(httpOf(`${OPENING}<${"x".repeat(MB)}`)), "could not be understood"],
  ["XML that is deep", xml(`${OPENING}${"<value><array><data>".repeat(300_000)}`), "levels deep"],
  [
    "XML that is deep, with other ends",
    xml(`${OPENING}${"<a>".repeat(300_000)}${"</b>".repeat(300_000)}`),
    "levels deep",
  ],
  ["a number", says(answerOf(7)), "could not be understood"],
  ["null", xml(value("<nil/>")), "could not be understood"],
  ["too few answers", says(answerOf([{ statename: "RUNNING" }, 1])), "could not be understood"],
  [
    "another state",
    says(answerOf(lookOf({ ...processOf("a"), statename: "DANCING" }))),
    "3.0.statename",
  ],
  ["no process id", says(answerOf(lookOf({ ...processOf("a"), pid: -1 }))), "3.0.pid"],
  [
    "no date",
    says(answerOf(lookOf({ ...processOf("a"), start: 2 ** 31 - 1, stop: -5 }))),
    "3.0.stop",
  ],
  ["a number for a name", says(answerOf(lookOf({ ...processOf("a"), name: 5 }))), "3.0.name"],
  [
    "that it does not know the question",
    says(answerOf([{ faultCode: 1, faultString: "UNKNOWN_METHOD" }])),
    "does not tell how it is: UNKNOWN_METHOD",
  ],
  [
    "that it is shutting down",
    says(answerOf([{ faultCode: 6, faultString: "SHUTDOWN_STATE" }])),
    "is shutting down",
  ],
])("an answer that is %s ends as unavailable with the reason", async (_, reply, reason) => {
  const { socketPath, connections } = await impostor(reply);

  await expect(asked(socketPath)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining(reason),
  });
  await waitFor(() => connections() === 0);
});

test.each([
  ["a string without end", `${HEAD}${OPENING}<value><string>`, "x".repeat(64 * 1024)],
  ["tags without end", `${HEAD}${OPENING}<value><array><data>`, "<value><int>1</int></value>"],
  ["a comment without end", `${HEAD}<!--`, "x".repeat(64 * 1024)],
  ["a declaration without end", `${HEAD}<!ENTITY`, "x".repeat(64 * 1024)],
])("%s is left soon, and fills no memory", async (_, head, piece) => {
  const sent: (() => number)[] = [];
  const { socketPath, connections } = await impostor((socket) => {
    socket.write(head);
    sent.push(flood(socket, piece, 50 * MB));
  });
  const supervisord = connect(socketPath, 2000);
  const before = process.memoryUsage().rss;

  for (let times = 0; times < ROUNDS; times += 1) {
    await expect(supervisord.look({ configs: false })).rejects.toMatchObject({
      code: "unavailable",
    });
  }
  expect(sent).toHaveLength(ROUNDS);
  for (const bytes of sent) expect(bytes()).toBeLessThan(16 * MB);
  // Each of the 50 MB would cost four times as much, were it taken.
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * MB);
  await waitFor(() => connections() === 0);
});

test("a thousand programs, whatever their names, are read as they are", async () => {
  const names = [...ODD_NAMES, ...Array.from({ length: 1000 }, (_, index) => `program-${index}`)];
  const processes = names.map(processOf);
  const { socketPath } = await impostor(says(answerOf(lookOf(...processes))));

  const look = await connect(socketPath, 10_000).look({ configs: false });

  expect(look.processes).toEqual(processes);
});

test("a field by the name of __proto__ changes nothing but the answer it is in", async () => {
  const member = (name: string, inner: string) =>
    `<member><name>${name}</name><value>${inner}</value></member>`;
  const evil = `<struct>${member("pid", "<int>9</int>")}</struct>`;
  const { socketPath } = await impostor(
    xml(value(`<struct>${member("__proto__", evil)}</struct>`)),
  );

  await expect(asked(socketPath)).rejects.toMatchObject({ code: "unavailable" });
  expect(({} as { pid?: number }).pid).toBeUndefined();
});

test("one that is refused answers again as soon as it can, also to whoever asked before", async () => {
  const broken = await impostor(says("nonsense"));
  const supervisord = connect(broken.socketPath);
  await expect(supervisord.look({ configs: false })).rejects.toThrow("could not be understood");

  await broken.close();
  await expect(supervisord.look({ configs: false })).rejects.toThrow("does not answer");
  const { socketPath } = await impostor(says(answerOf(lookOf(processOf("a")))), broken.socketPath);
  expect(socketPath).toBe(broken.socketPath);
  expect((await supervisord.look({ configs: false })).processes).toEqual([processOf("a")]);
});

test("a real supervisord is asked again after it was killed and something else took its place", async () => {
  const real = await startSupervisord("[program:a]\ncommand=/bin/sleep 1000\nstartsecs=0\n");
  onTestFinished(real.stop);
  const supervisord = connect(real.socketPath, 2000);
  const { pid } = await supervisord.look({ configs: false });

  await real.kill();
  await expect(supervisord.look({ configs: false })).rejects.toMatchObject({
    message: expect.stringContaining("nothing listens"),
  });
  await unlink(real.socketPath);
  const swapped = await impostor(says(httpOf("<html>")), real.socketPath);
  await expect(supervisord.look({ configs: false })).rejects.toThrow("Is it supervisord");
  await swapped.close();

  await real.startAgain();
  const look = await supervisord.look({ configs: true });
  expect(look.pid).not.toBe(pid);
  expect(look.processes.map(({ name }) => name)).toEqual(["a"]);
});
