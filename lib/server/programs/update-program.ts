import { createApp } from "../app";
import type { Settings } from "../env";
import { createUpdateWork } from "../update-work";

/** What a program that works on update jobs outside the web server is made of. */
export function createUpdateProgram(settings: Settings, { isBoot }: { isBoot: boolean }) {
  const app = createApp(settings, "program");
  const { updateFiles, actions, services, logs, plansOfJob } = app;
  const work = createUpdateWork({
    ...updateFiles,
    settings,
    plan: ({ name, id, request }) => plansOfJob(id).planJob(name, request),
    find: services.find,
    act: actions.act,
    logs,
    isBoot,
  });
  return { ...app, work };
}
