import type { ServiceAction } from "@/lib/contract/services";
import { Play, RotateCw, Square } from "./icons";

export const actions: readonly ServiceAction[] = ["start", "restart", "stop"];
export const actionIcons = { start: Play, restart: RotateCw, stop: Square };
export const actionNames = { start: "Start", restart: "Restart", stop: "Stop" };
