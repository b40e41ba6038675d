import * as z from "zod/mini";
import { ServiceName } from "./services";

export const AutostartSetting = z.object({ enabled: z.boolean() });

export const AutostartAnswer = z.object({
  status: z.literal("ok"),
  name: ServiceName,
  autostart: z.boolean(),
});
export type AutostartAnswer = z.infer<typeof AutostartAnswer>;
