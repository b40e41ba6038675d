// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aService, aSession, failure } from "@/components/services/testing";
import type { Session } from "@/lib/contract/access";
import type { Service } from "@/lib/contract/services";
import type { ServiceVersion, UpdateJob, UpdatePlan } from "@/lib/contract/updates";
import { renderAt, stubUpdates } from "./rendering";
import { aJob, anOffer, aPlan, aStep, NEW, stepsAt } from "./testing";
import { UpdateHost } from "./update-host";

const comfy = aService();
const started = { started_at: Date.now() / 1000 - 72 };

beforeEach(() => {
  Element.prototype.scrollIntoView ??= () => {};
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});

type Given = {
  plan?: Partial<UpdatePlan>;
  service?: Service;
  job?: UpdateJob;
  version?: ServiceVersion;
  session?: Session;
};

function open(address: string, { service = comfy, version = anOffer(), ...given }: Given = {}) {
  const { plan, job, session = aSession() } = given;
  const { api, updates } = stubUpdates([service]);
  api.session = session;
  api.versions = [version];
  const setJob = (job: UpdateJob) => {
    updates.job = job;
    api.jobs = [job];
  };
  api.answerPost = (path) => {
    if (path.endsWith("/plan")) return Response.json(aPlan(plan));
    if (path.endsWith("/start") || path.endsWith("/rollback")) {
      setJob(aJob(started));
      return Response.json(updates.job);
    }
    if (path.endsWith("/cancel")) {
      setJob(aJob({ ...started, cancelling: true }));
      return Response.json(updates.job);
    }
    return Response.json({ status: "ok" });
  };
  if (job) setJob(job);
  renderAt(address, <UpdateHost services={[service]} />);
  return { api, setJob };
}

const button = (name: string | RegExp) => screen.findByRole("button", { name });
const bodyOf = (api: { posts: { path: string; body: unknown }[] }, verb: string) =>
  api.posts.findLast(({ path }) => path.endsWith(verb))?.body;

test("the plan says what changes, and updating leads to the steps and to the end", async () => {
  const { api, setJob } = open("/?update=comfy", {
    plan: {
      packages: [{ name: "torchao", from: null, to: "0.12.0" }],
      shares_venv_with: [{ name: "invoke", display: "Invoke AI", running: false }],
    },
  });
  const panel = await screen.findByRole("dialog", { name: "Update Comfy UI" });
  expect(await within(panel).findByText("Fix the sampler")).toBeTruthy();
  expect(panel.textContent).toContain("1 package: torchao 0.12.0 (new)");
  expect(panel.textContent).toContain("Shares its Python environment with Invoke AI");
  expect(panel.textContent).toContain("Needs 2.1 GB, 88 GB are free");
  expect(panel.textContent).toContain("Comfy UI runs now and is restarted");
  expect(panel.textContent).toContain("If anything fails, 123a787 comes back by itself");

  await userEvent.click(await button("Update Comfy UI"));
  expect(await screen.findByRole("dialog", { name: "Updating Comfy UI" })).toBeTruthy();
  expect(bodyOf(api, "/start")).toEqual({ policy: "pinned" });
  const steps = within(await screen.findByRole("list", { name: "Steps" })).getAllByRole("listitem");
  expect(steps).toHaveLength(8);
  expect(steps[4]?.textContent).toContain("Install packages, runningtorchao 0.12.0, 62 %");
  expect(screen.getByRole("log", { name: "Output" }).textContent).toContain("Collecting torchao");
  await waitFor(() => expect(window.location.search).toBe("?update=comfy&job=job-1"));

  const outcome = "Comfy UI runs master@76a7fe9.";
  setJob(aJob({ ...started, state: "done", outcome, ended_at: Date.now() / 1000 }));
  expect(await screen.findByRole("heading", { name: outcome })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Open Comfy UI" })).toBeTruthy();
  await userEvent.click(await button("Roll back"));
  expect(await screen.findByRole("dialog", { name: "Put back 76a7fe9" })).toBeTruthy();
});

test("a rolled back update says what failed, what runs, and how to try again", async () => {
  const outcome = "Rolled back. Comfy UI runs master@123a787 as before.";
  const steps = [...stepsAt("health"), aStep({ name: "restore", state: "done" })];
  const job = aJob({
    state: "rolled_back",
    outcome,
    error: "Comfy UI exited with 1, twice.",
    failed_log: ["\u001b[31mImportError: no such name\u001b[0m"],
    ended_at: 1_770_800_100,
    steps,
  });
  const failed = { target: NEW, at: "2026-02-11T13:50:00Z", job_id: "job-1", error: "It crashed." };
  const version = anOffer({ update_available: false, failed });
  const { api } = open("/?update=comfy&job=job-1", { job, version });
  expect(await screen.findByRole("heading", { name: outcome })).toBeTruthy();
  expect(screen.getByText("Comfy UI exited with 1, twice.")).toBeTruthy();
  expect(screen.getByText("ImportError: no such name")).toBeTruthy();
  expect(
    await screen.findByText("76a7fe9 is not offered again here. The next one is."),
  ).toBeTruthy();
  await userEvent.click(await button("Try 76a7fe9 again"));
  await waitFor(() => expect(bodyOf(api, "/plan")).toEqual({ target_version: NEW }));
});

test("cancelling asks nothing, and says what is put back", async () => {
  const { api } = open("/?update=comfy", { job: aJob(started) });
  await userEvent.click(await button("Cancel the update of Comfy UI, keep 123a787"));
  expect(await screen.findByText("Putting 123a787 back…")).toBeTruthy();
  expect(bodyOf(api, "/cancel")).toEqual({});
});

test("what blocks the update is said, and nothing starts", async () => {
  open("/?update=comfy", {
    plan: { blockers: ["Kohya is being updated. Wait for that, or cancel it."] },
  });
  expect(await screen.findByText(/^Kohya is being updated/)).toBeTruthy();
  expect((await button("Update Comfy UI")).hasAttribute("disabled")).toBe(true);
});

test("edits in the way must be kept on a branch first", async () => {
  const { api } = open("/?update=comfy", {
    plan: { local_changes: ["a.py", "b.py"], overwritten: ["a.py"] },
  });
  const update = await button("Update Comfy UI");
  expect(update.hasAttribute("disabled")).toBe(true);
  expect(screen.getByText("1 file with your edits stays as it is")).toBeTruthy();
  await userEvent.click(screen.getByLabelText("Keep my edits on a branch and update"));
  await userEvent.click(update);
  expect(bodyOf(api, "/start")).toEqual({ policy: "pinned", keep_edits: true });
});

test("a service at work is not restarted by a press alone", async () => {
  const { api } = open("/?update=comfy", { service: aService({ guarded: true }) });
  const hold = await button("Hold to restart Comfy UI and update");
  expect(screen.getByText(/Work that is not saved is lost/)).toBeTruthy();
  fireEvent.pointerDown(hold, { button: 0 });
  await waitFor(() => expect(bodyOf(api, "/start")).toEqual({ policy: "pinned" }));
});

test("a plan that fails says why, and can be asked for again", async () => {
  const { api } = open("/?update=comfy");
  const plan = api.answerPost;
  api.answerPost = () => failure(503, "unavailable", "github.com did not answer within 60 s.");
  expect(await screen.findByText("github.com did not answer within 60 s.")).toBeTruthy();
  api.answerPost = plan;
  await userEvent.click(await button("Try again"));
  expect(await button("Update Comfy UI")).toBeTruthy();
});

test("another version is chosen from what is known, or typed", async () => {
  const { api } = open("/?update=comfy");
  await userEvent.click(await button("Another version"));
  await userEvent.click(await button(/^v0\.3\.9/));
  await waitFor(() => expect(bodyOf(api, "/plan")).toEqual({ target_version: "v0.3.9" }));
  expect(window.location.search).toBe("?update=comfy&to=v0.3.9");

  await userEvent.click(await button("Another version"));
  const field = screen.getByRole("textbox", { name: "Version, branch, tag or commit" });
  await userEvent.type(field, "dev{Enter}");
  await waitFor(() => expect(bodyOf(api, "/plan")).toEqual({ target_version: "dev" }));
  await userEvent.click(await button("Update Comfy UI"));
  expect(bodyOf(api, "/start")).toEqual({ target_version: "dev", policy: "pinned" });
});

test("putting back goes by the plan of that job", async () => {
  const { api } = open("/?update=comfy&back=job-0", { plan: { to: "6.10.0", is_downgrade: true } });
  expect(await screen.findByRole("dialog", { name: "Put back 6.10.0" })).toBeTruthy();
  expect(bodyOf(api, "/plan")).toEqual({ rollback_to: "job-0" });
  await userEvent.click(await button("Put back 6.10.0"));
  expect(bodyOf(api, "/rollback")).toEqual({ to: "job-0" });
});

test("with nothing to do, what the next boot does can still be chosen", async () => {
  const { api } = open("/?update=comfy", { plan: { nothing_to_do: true, to: "master@123a787" } });
  expect(await screen.findByText(/^This is the newest version/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Update Comfy UI" })).toBeNull();
  await userEvent.click(screen.getByRole("radio", { name: "Install the newest at every boot" }));
  await userEvent.click(await button("Save"));
  expect(bodyOf(api, "/settings/update")).toEqual({ policy: "follow", target: null });
});

test("a version can be skipped, and offered again", async () => {
  const { api } = open("/?update=comfy");
  await userEvent.click(await button("Skip this version"));
  expect(bodyOf(api, "/settings/update")).toEqual({ skip: NEW });
  await userEvent.click(await button("Offer it again"));
  expect(bodyOf(api, "/settings/update")).toEqual({ skip: null });
  expect(window.location.search).toBe("");
});

test("the whole output is shown as a log, and closing goes back to the job", async () => {
  const { api } = open("/", { job: aJob(started) });
  const asked: string[] = [];
  const { answerGet } = api;
  api.answerGet = (path) => {
    asked.push(path.split("&")[0] ?? "");
    return answerGet(path);
  };
  window.history.pushState({ openedUpdate: true }, "", "/?update=comfy&job=job-1");
  await userEvent.click(await button("Whole output"));
  const title = "Output of the update of Comfy UI";
  await screen.findByRole("log", { name: title });
  await waitFor(() => expect(asked).toContain("/api/services/comfy/update/log/stream?job=job-1"));
  await userEvent.click(await button("Close"));
  expect(await screen.findByRole("dialog", { name: "Updating Comfy UI" })).toBeTruthy();
});

test("who may only look is told that a plan is not for them, where an address asks for one", async () => {
  open("/?update=comfy", { session: aSession({ scope: "read" }) });
  const title = "Updates are not for readers";
  expect(await screen.findByRole("heading", { name: title })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Update Comfy UI" })).toBeNull();
});
