import { expect, test } from "vitest";
import { runServer } from "../testing/server-program";
import { waitFor } from "../testing/wait-for";

test("a mistake is reported, and the server answers on", async () => {
  const { child, port, said } = await runServer("mistaken-server");
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(500) });

  await ask("/throw").catch(() => {});
  await ask("/later");
  await ask("/reject");

  await waitFor(() => said().match(/reported: /g)?.length === 3);
  expect(said()).toMatch(/reported: thrown\nreported: thrown later\nreported: rejected\n$/);
  expect(await (await ask("/")).text()).toBe("whole");
  expect(child.exitCode).toBeNull();
});
