import { createApp } from "../app";
import type { Settings } from "../env";
import { createJobTools } from "../update-job-tools";
import { createUpdateWork } from "../update-work";

/** What a program that works on update jobs outside the web server is made of. */
export function createUpdateProgram(settings: Settings) {
  const app = createApp(settings, "program");
  const { updateFiles, actions, services, logs, holds, plansOfJob } = app;
  const tools = createJobTools({
    ...updateFiles,
    settings,
    plan: ({ name, id, request }, signal) => plansOfJob({ id, signal }).planJob(name, request),
    find: services.find,
    act: actions.act,
    logs,
    release: holds.release,
  });
  const work = createUpdateWork({ ...updateFiles, dirs: settings, tools });
  return { ...app, work };
}
