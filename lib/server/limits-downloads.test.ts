import { expect, onTestFinished, test, vi } from "vitest";
import { limitDownload } from "./limits-downloads";

const ADDRESS = "192.0.2.1";

/** A download that goes on for as long as somebody takes it. */
function open(address: string) {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const cancel = vi.fn();
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(10)),
    cancel,
  });
  const request = new Request("http://test/", { signal: leaving.signal });
  const response = new Response(source, { status: 200, headers: { "x-size": "5" } });
  return { leaving, cancel, answer: limitDownload({ request, address }, response) };
}

const full = (count: number, address: string) =>
  Promise.all(Array.from({ length: count }, async () => (await open(address).answer).body));

test("an answer comes through as it is", async () => {
  const request = new Request("http://test/");
  const response = new Response("all of it", { headers: { "x-size": "9" } });
  const limited = await limitDownload({ request, address: ADDRESS }, response);

  expect(limited.headers.get("x-size")).toBe("9");
  expect(await limited.text()).toBe("all of it");
});

test("one too many is refused and closed, until one has come to its end, is left or fails", async () => {
  const [first] = await full(3, ADDRESS);
  const leaver = open(ADDRESS);
  await leaver.answer;
  const refused = open(ADDRESS);
  await expect(refused.answer).rejects.toMatchObject({ code: "busy" });
  expect(refused.cancel).toHaveBeenCalledOnce();

  await first?.cancel();
  const second = open(ADDRESS);
  await second.answer;
  leaver.leaving.abort();
  expect(leaver.cancel).toHaveBeenCalledOnce();

  const ended = await limitDownload(
    { request: new Request("http://test/"), address: ADDRESS },
    new Response("short"),
  );
  await expect(open(ADDRESS).answer).rejects.toMatchObject({ code: "busy" });
  expect(await ended.text()).toBe("short");

  const broken = new ReadableStream({ pull: () => Promise.reject(new Error("cut")) });
  const failing = await limitDownload(
    { request: new Request("http://test/"), address: ADDRESS },
    new Response(broken),
  );
  await expect(failing.text()).rejects.toThrow("cut");
  await open(ADDRESS).answer;
});

test("all together have more, and nobody is kept out by one", async () => {
  for (const last of [1, 2, 3, 4]) await full(4, `192.0.2.${last}`);

  await expect(open("192.0.2.5").answer).rejects.toMatchObject({ code: "unavailable" });
});
