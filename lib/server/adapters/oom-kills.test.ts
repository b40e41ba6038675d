import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { createOomKills, type OomKills } from "./oom-kills";

const V2 = "0::/system.slice/supervisord.service\n";
const V1 = "9:name=systemd:/\n4:memory:/docker/abc\n2:cpu,cpuacct:/\n0::/\n";

let root: string;
const roots: string[] = [];
const watchers: OomKills[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "oom-"));
  roots.push(root);
});

afterAll(() => {
  for (const watcher of watchers) watcher.close();
  for (const dir of roots) rmSync(dir, { recursive: true });
});

function write(path: string, content: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function watch(): OomKills {
  const watcher = createOomKills(root);
  watchers.push(watcher);
  return watcher;
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);

test.each([
  ["its own group", V2, "sys/fs/cgroup/system.slice/supervisord.service/memory.events"],
  ["a container", V2, "sys/fs/cgroup/memory.events"],
  ["its own group, version 1", V1, "sys/fs/cgroup/memory/docker/abc/memory.oom_control"],
  ["a container, version 1", V1, "sys/fs/cgroup/memory/memory.oom_control"],
])("a kill is noticed in %s, at its time and at no other", (_where, groups, path) => {
  const content = (kills: number) =>
    path.endsWith("events")
      ? `low 0\nhigh 0\nmax 9\noom ${kills}\noom_kill ${kills}\noom_group_kill 0\n`
      : `oom_kill_disable 0\nunder_oom 0\noom_kill ${kills}\n`;
  write("proc/self/cgroup", groups);
  write(path, content(4));
  const kills = watch();

  expect(kills.happenedAt(ago(0))).toBe(false);
  write(path, content(5));
  expect(kills.happenedAt(ago(0))).toBe(true);
  expect(kills.happenedAt(ago(0))).toBe(true);
  expect(kills.happenedAt(ago(3600))).toBe(false);
});

test("where the kernel does not tell, nothing is said", () => {
  expect(watch().happenedAt(ago(0))).toBe(false);

  write("sys/fs/cgroup/memory.events", "low 0\n");
  expect(watch().happenedAt(ago(0))).toBe(false);
});

test("a count that begins later says nothing of what was before", () => {
  const kills = watch();
  write("sys/fs/cgroup/memory.events", "oom_kill 3\n");

  expect(kills.happenedAt(ago(0))).toBe(false);
  write("sys/fs/cgroup/memory.events", "oom_kill 4\n");
  expect(kills.happenedAt(ago(0))).toBe(true);
});
