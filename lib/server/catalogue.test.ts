import { expect, test } from "vitest";
import { byCatalogueOrder, CATALOGUE, unlisted } from "./catalogue";

const NINE = [
  ["jupyter", "Jupyter Lab", 8888, "JUPYTER_PORT"],
  ["code-server", "VS Code Server", 8443, "CODE_SERVER_PORT"],
  ["comfy", "Comfy UI", 5555, "COMFY_PORT"],
  ["kohya", "Kohya", 6666, "KOHYA_PORT"],
  ["diffpipe", "TensorBoard", 4444, "DIFFPIPE_PORT"],
  ["invoke", "Invoke AI", 9090, "INVOKE_PORT"],
  ["ai-toolkit", "AI Toolkit", 8675, "AI_TOOLKIT_PORT"],
  ["controlpilot", "ControlPilot", 7878, "PORTAL_PORT"],
  ["copilot", "Copilot Sidecar", 7879, "COPILOT_SIDECAR_PORT"],
] as const;

test("the nine services have the names, ports and variables that users know", () => {
  const entries = [...CATALOGUE].map(([name, entry]) => [
    name,
    entry.display,
    entry.defaultPort,
    entry.portVariable,
  ]);
  expect(entries).toEqual(NINE);
});

test("the nine come first in their order, the others follow by name", () => {
  const names = ["tagger", "copilot", "aaa", "comfy", "jupyter"];
  expect(names.sort(byCatalogueOrder)).toEqual(["jupyter", "comfy", "copilot", "aaa", "tagger"]);
});

test.each([
  ["Tagger", "Tagger"],
  ["Übersetzer (本地)", "Übersetzer (本地)"],
  ["x".repeat(60), "x".repeat(60)],
  ["x".repeat(61), "tagger"],
  ["two\nlines", "tagger"],
  ["\u001b[31mred", "tagger"],
  ["", "tagger"],
])("a program that calls itself %j is shown as %j", (controlpilot_name, display) => {
  expect(unlisted("tagger", { controlpilot_name }).display).toBe(display);
});

test.each([
  ["1", 1],
  ["7000", 7000],
  ["65535", 65_535],
  ["65536", null],
  ["0", null],
  ["-1", null],
  ["7e3", null],
  ["7000 7001", null],
  ["", null],
])("a program that says its port is %j has the port %j", (controlpilot_port, port) => {
  expect(unlisted("tagger", { controlpilot_port }).defaultPort).toBe(port);
});
