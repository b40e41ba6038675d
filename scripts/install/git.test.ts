import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  createRemote,
  FILE_SUBMODULES,
  gitIn,
  picture,
  type Remote,
  removeFolders,
  writeFiles,
} from "@/lib/server/testing/git-remotes";
import { createInstallRoot, type InstallRoot } from "../testing/install-root";

let machine: InstallRoot;
let remote: Remote;
let dir: string;

beforeEach(async () => {
  for (const [name, value] of Object.entries(FILE_SUBMODULES)) vi.stubEnv(name, value);
  machine = await createInstallRoot();
  dir = machine.path("opt/pilot/repos/ComfyUI");
  remote = createRemote();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await machine.end();
});

afterAll(removeFolders);

it("is on a branch that follows the remote's, and goes along when that moves", async () => {
  expect(await machine.checkout(remote.url, "master")).toMatchObject({ code: 0 });
  const newest = remote.commit({ "a.txt": "a" });
  expect(await machine.checkout(remote.url, "master")).toMatchObject({ code: 0 });
  expect(await machine.git.inspect(dir)).toMatchObject({
    head: newest,
    branch: "master",
    followed: { remote: "origin", branch: "master" },
    localChanges: [],
  });
});

it("is at a full commit that no branch or tag names", async () => {
  const first = remote.head();
  remote.commit({ "a.txt": "a" });
  expect(await machine.checkout(remote.url, first)).toMatchObject({ code: 0 });
  expect(await machine.git.inspect(dir)).toMatchObject({ head: first, branch: null });
});

it("is at the commit behind a tag with a message, from which an update reaches a newer one", async () => {
  const tagged = remote.head();
  remote.tag("v1.0", "The first");
  const newest = remote.commit({ "a.txt": "a" });
  expect(await machine.checkout(remote.url, "v1.0")).toMatchObject({ code: 0 });
  const checkout = await machine.git.inspect(dir);
  expect(checkout).toMatchObject({ head: tagged, shallow: true });
  if (!checkout) throw new Error("no checkout");
  const target = await machine.git.resolve(checkout, newest);
  await machine.git.fetch(checkout, target);
  await machine.git.apply(dir, target);
  expect(await machine.git.inspect(dir)).toMatchObject({ head: newest, branch: "master" });
});

it("asks nobody for a tag or commit that it is at", async () => {
  remote.tag("v1.0");
  await machine.checkout(remote.url, "v1.0");
  const before = picture(dir);
  const nowhere = `${remote.url}-is-gone`;
  for (const ref of ["v1.0", remote.head()]) {
    expect(await machine.checkout(nowhere, ref)).toMatchObject({ code: 0 });
  }
  expect(picture(dir)).toEqual(before);
});

it("brings submodules of submodules, and those that a first run could not", async () => {
  const inner = createRemote({ "inner.txt": "" });
  const middle = createRemote();
  middle.addSubmodule("inner", inner);
  const sha = remote.addSubmodule("middle", middle);
  await machine.checkout(remote.url, sha, { GIT_CONFIG_VALUE_0: "never" });
  expect(machine.has("opt/pilot/repos/ComfyUI")).toBe(false);
  expect(await machine.checkout(remote.url, sha)).toMatchObject({ code: 0 });
  expect(machine.has("opt/pilot/repos/ComfyUI/middle/inner/inner.txt")).toBe(true);
  expect(await machine.git.inspect(dir)).toMatchObject({ head: sha, localChanges: [] });
});

it("leaves a whole history whole", async () => {
  remote.commit({ "a.txt": "a" });
  const clone = remote.clone();
  writeFiles(machine.root, { "opt/pilot/repos/ComfyUI": { link: clone } });
  const newest = remote.commit({ "a.txt": "b" });
  expect(await machine.checkout(remote.url, newest)).toMatchObject({ code: 0 });
  expect(gitIn(clone, "rev-list", "--count", "HEAD")).toBe("3");
});

it("says which ref there is not, and leaves what is there as it is", async () => {
  const { url } = remote;
  const refuse = async (ref: string) => {
    const { code, last } = await machine.checkout(url, ref);
    return [code, last];
  };
  const noName = `App cannot be installed: ${url} has no branch or tag v9.9; a commit must be given in full.`;
  expect(await refuse("v9.9")).toEqual([1, noName]);
  expect(machine.has("opt/pilot/repos/ComfyUI")).toBe(false);

  await machine.checkout(url, "master");
  const before = picture(dir);
  const nobody = "1".repeat(40);
  expect(await refuse("v9.9")).toEqual([1, noName]);
  expect(await refuse(nobody)).toEqual([
    1,
    `App cannot be installed: ${url} gave no commit ${nobody}.`,
  ]);
  expect(picture(dir)).toEqual(before);
});

it("touches no folder that is no checkout", async () => {
  writeFiles(machine.root, { "opt/pilot/repos/ComfyUI/mine.txt": "mine" });
  expect(await machine.checkout(remote.url, "master")).toMatchObject({
    code: 1,
    last: `App cannot be installed: ${dir} is there, and is no git checkout.`,
  });
  expect(machine.read("opt/pilot/repos/ComfyUI/mine.txt")).toBe("mine");
});

it("overwrites no edit of somebody", async () => {
  writeFiles(machine.root, { "opt/pilot/repos/ComfyUI": { link: remote.clone() } });
  writeFiles(dir, { "readme.txt": "mine\n" });
  const { code, said } = await machine.checkout(remote.url, remote.commit({ "readme.txt": "b" }));
  expect([code, said]).toEqual([1, expect.stringContaining("readme.txt")]);
  expect(machine.read("opt/pilot/repos/ComfyUI/readme.txt")).toBe("mine\n");
});

it("gives the login of an address to its host, and writes it nowhere", async () => {
  const logins: string[] = [];
  const server = createServer(({ headers }, response) => {
    if (headers.authorization) logins.push(headers.authorization);
    response.writeHead(headers.authorization ? 404 : 401, { "www-authenticate": "Basic" }).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://ada:secret@127.0.0.1:${port}/app.git`;
  const { code, said } = await machine.checkout(url, "master");
  server.close();
  expect([code, said.includes("secret")]).toEqual([128, false]);
  expect(logins[0]).toBe(`Basic ${btoa("ada:secret")}`);

  const plain = "https://git.example/app.git";
  const instead = {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `url.${remote.url}.insteadOf`,
    GIT_CONFIG_VALUE_0: plain,
  };
  const login = plain.replace("//", "//ada:secret@");
  expect(await machine.checkout(login, "master", instead)).toMatchObject({ code: 0 });
  expect(gitIn(dir, "config", "--local", "--list")).not.toContain("secret");
  expect(gitIn(dir, "config", "remote.origin.url")).toBe(plain);
});
