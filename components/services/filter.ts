import type { Service } from "@/lib/contract/services";
import { isUp, needsYou } from "./states";

export type Filter = { text: string; show: "all" | "need" | "up" };

export const everything: Filter = { text: "", show: "all" };

export function matches(service: Service, { text, show }: Filter) {
  if (show === "need" && !needsYou(service)) return false;
  if (show === "up" && !isUp(service)) return false;
  const wanted = text.trim().toLowerCase();
  const { display, name, port } = service;
  return [display, name, `:${port}`].some((word) => word.toLowerCase().includes(wanted));
}
